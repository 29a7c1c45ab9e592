/** An element as it was sent: its attributes, all the text within it, and the language it is read aloud in. */
export type HtmlElement = Readonly<{
  name: string
  attributes: ReadonlyMap<string, string>
  text: string
  lang: string
  outer: HtmlElement | undefined
}>

export type HtmlPage = Readonly<{
  elements: readonly HtmlElement[]
  /** The text between two tags, with the language it stands in. */
  texts: readonly Readonly<{ text: string; lang: string }>[]
}>

type OpenElement = { -readonly [Fact in keyof HtmlElement]: HtmlElement[Fact] }

const withoutEnd = new Set(['br', 'hr', 'img', 'input', 'link', 'meta'])
const token =
  /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|([^<]+)/gy
const attribute = /([a-z-]+)(?:="([^"]*)")?/g
const characters: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

function decode(text: string): string {
  return text.replaceAll(/&[a-z0-9#]+;/g, (entity) => characters[entity] ?? entity)
}

function opened(name: string, written: string, outer: OpenElement | undefined): OpenElement {
  const attributes = new Map(
    [...written.matchAll(attribute)].map(([, key = '', value = '']) => [key, decode(value)]),
  )
  return { name, attributes, text: '', lang: attributes.get('lang') ?? outer?.lang ?? '', outer }
}

/**
 * Reads a page as strictly as we write it. Throws where an element is not closed in its order, or something is no
 * tag and no text: a browser would put that right, and each in its own way.
 */
export function readHtml(html: string): HtmlPage {
  const elements: OpenElement[] = []
  const texts: { text: string; lang: string }[] = []
  const open: OpenElement[] = []
  let end = 0
  for (const [all, slash, name, written, run] of html.matchAll(token)) {
    end += all.length
    if (run !== undefined) {
      const text = decode(run)
      texts.push({ text, lang: open.at(-1)?.lang ?? '' })
      for (const element of open) element.text += text
    } else if (slash === '/') {
      const last = open.pop()
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name}>`)
    } else if (name !== undefined) {
      const element = opened(name, written ?? '', open.at(-1))
      elements.push(element)
      if (!withoutEnd.has(name)) open.push(element)
    }
  }
  if (end !== html.length) throw new Error(`no HTML: ${html.slice(end, end + 80)}`)
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`)
  return { elements, texts }
}

/** The elements of one of these names, of the page or of what is inside one element of it. */
export function find(
  of: HtmlPage,
  names: readonly string[],
  inside?: Readonly<Record<string, string>>,
): HtmlElement[] {
  const wanted = Object.entries(inside ?? {})
  const isInside = (each: HtmlElement | undefined): boolean =>
    each !== undefined &&
    (wanted.every(([key, value]) => each.attributes.get(key)?.split(' ').includes(value)) ||
      isInside(each.outer))
  return of.elements.filter(
    (each) => names.includes(each.name) && (inside === undefined || isInside(each.outer)),
  )
}
