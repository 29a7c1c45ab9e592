import { site } from '#web/shared/words/site.ts'
import { type Language, languageTag } from '#web/shared/words/words.ts'
import type { HtmlElement, HtmlPage } from './html.ts'

export type ServedPage = Readonly<{
  address: string
  language: Language
  status: number
  bytes: number
  page: HtmlPage
}>

type Law = (served: ServedPage) => readonly string[]

const bytesMax = 60_000
/** Where an invented document stands that a page cites: somebody may go there, no page fetches it. */
const citedAddresses = ['https://city.example/notices/operator']
/** Chinese characters, and the punctuation that only stands between them. */
const chinese = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u
const addressAttributes = ['href', 'src', 'action'] as const
const referringAttributes = ['for', 'aria-labelledby', 'aria-describedby'] as const

const when = (isBroken: boolean, what: string): string[] => (isBroken ? [what] : [])
const classOf = (element: HtmlElement) => element.attributes.get('class') ?? ''

/** What holds for every public page in every language; each law names what breaks it. */
const laws: Readonly<Record<string, Law>> = {
  'is found': ({ status }) => when(status !== 200, `status ${status}`),

  'has one title': ({ page }) => {
    const titles = page.elements.filter((each) => each.name === 'h1')
    return when(titles.length !== 1, `${titles.length} h1`)
  },

  'says its language': ({ page, language }) => {
    const lang = page.elements[0]?.attributes.get('lang')
    return when(lang !== languageTag(language), `lang ${lang}`)
  },

  'runs nothing': ({ page }) =>
    page.elements.flatMap(({ name, attributes }) => [
      ...when(name === 'script', 'script'),
      ...[...attributes.keys()].filter((key) => key.startsWith('on')),
    ]),

  'leads to ids it has, each once': ({ page }) => {
    const ids = page.elements.flatMap((each) => each.attributes.get('id') ?? [])
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
    const wanted = page.elements.flatMap(({ attributes }) => [
      ...when(
        attributes.get('href')?.startsWith('#') === true,
        attributes.get('href')?.slice(1) ?? '',
      ),
      ...referringAttributes.flatMap((key) => attributes.get(key)?.split(' ') ?? []),
    ])
    return [...twice, ...wanted.filter((id) => !ids.includes(id))]
  },

  'says that it is a sample': ({ page, language }) => {
    const strip = page.elements.find((each) => classOf(each) === 'sample-strip')
    return when(strip?.text !== site[language].sampleNotice, `the strip says ${strip?.text}`)
  },

  'is small': ({ bytes }) => when(bytes >= bytesMax, `${bytes} bytes`),

  'asks no other host': ({ page }) =>
    page.elements.flatMap(({ name, attributes }) =>
      addressAttributes
        .map((key) => attributes.get(key) ?? '')
        .filter((to) => /^(?:[a-z]+:)?\/\//i.test(to))
        .filter((to) => name !== 'a' || !citedAddresses.includes(to)),
    ),

  'marks its Chinese where it is English': ({ page }) => {
    const texts = page.texts.filter(({ lang, text }) => lang === 'en' && chinese.test(text))
    const values = page.elements
      .filter(({ lang }) => lang === 'en')
      .flatMap(({ attributes }) => [...attributes.values()].filter((value) => chinese.test(value)))
    return [...texts.map(({ text }) => text.trim()), ...values]
  },
}

/** Every law that a page breaks, and by what. */
export function brokenLaws(served: ServedPage): string[] {
  return Object.entries(laws).flatMap(([name, law]) =>
    law(served).map((what) => `${served.address} (${served.language}) – ${name}: ${what}`),
  )
}

/** Where a page leads on this site, links, files and forms alike. */
export function internalAddresses(page: HtmlPage): string[] {
  const all = page.elements.flatMap(({ attributes }) =>
    addressAttributes.flatMap((key) => attributes.get(key) ?? []),
  )
  return [...new Set(all)].filter((to) => to.startsWith('/') && !to.startsWith('//'))
}
