import { type Browser, chromium, type Page, type Route } from 'playwright-core'
import { findChromium, type FindChromiumOptions } from './chromium.ts'
import { documentFontsPath, readDocumentFont } from './document-fonts.ts'

/** Turns our own print pages into PDF. */
export type PdfRenderer = Readonly<{
  /** `html` is a whole document of ours, in UTF-8. */
  render: (html: string) => Promise<Uint8Array>
  close: () => Promise<void>
}>

// A reserved name that no resolver knows: whatever escaped our answers would find nobody.
const origin = 'http://documents.invalid'
const renderTimeoutMs = 30_000
const idleCloseMs = 60_000

/**
 * Renders with headless Chromium, started when first needed and closed when idle. Script is off, and
 * no request leaves: the page and its font are answered from memory and disk, all else is cut. As
 * root the browser runs as another user (chromium.ts). One page at a time; others wait.
 */
export function openPdfRenderer(options: FindChromiumOptions): PdfRenderer {
  let browser: Promise<Browser> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  const start = async (): Promise<Browser> => {
    const found = await findChromium(options)
    return chromium.launch({ ...found, chromiumSandbox: false })
  }
  const close = async (): Promise<void> => {
    clearTimeout(idle)
    const open = browser
    browser = undefined
    await (await open?.catch(() => undefined))?.close()
  }
  const use = async (html: string): Promise<Uint8Array> => {
    clearTimeout(idle)
    browser ??= start()
    try {
      const open = await browser
      return await renderIn(open, html)
    } catch (error) {
      // A browser that broke is not asked again.
      await close()
      throw error
    } finally {
      idle = setTimeout(() => void close(), idleCloseMs)
      idle.unref()
    }
  }
  return {
    render: (html) => {
      const turn = last.then(
        () => use(html),
        () => use(html),
      )
      last = turn
      return turn
    },
    close,
  }
}

async function renderIn(browser: Browser, html: string): Promise<Uint8Array> {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    acceptDownloads: false,
    serviceWorkers: 'block',
    locale: 'zh-CN',
  })
  try {
    context.setDefaultTimeout(renderTimeoutMs)
    await context.route('**/*', (route) => answer(route, html))
    const page = await context.newPage()
    await page.emulateMedia({ media: 'print' })
    await page.goto(`${origin}/`, { waitUntil: 'networkidle' })
    return await pdfOf(page)
  } finally {
    await context.close()
  }
}

function pdfOf(page: Page): Promise<Uint8Array> {
  // Margins, page numbers and paper are the document's own @page rules.
  return page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true })
}

async function answer(route: Route, html: string): Promise<void> {
  const url = route.request().url()
  if (url === `${origin}/`) {
    await route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' })
    return
  }
  const prefix = `${origin}${documentFontsPath}`
  const font = url.startsWith(prefix) ? await readDocumentFont(url.slice(prefix.length)) : undefined
  if (font === undefined) await route.abort()
  else await route.fulfill({ body: Buffer.from(font.bytes), contentType: font.contentType })
}
