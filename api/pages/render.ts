import type { Context as HonoContext } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { AppEnv, Language } from '#api/deps.ts'
import type { Frame, Section } from '#web/public/frame.tsx'
import { languageCookie, languageTag } from '#web/shared/words/words.ts'
import { encodeCharacters } from './font.ts'
import { files } from './files.ts'

const yearSeconds = 31_536_000
const fontLater = '/assets/font/later.css'

/** The language asked for in the address, then the one chosen before; Chinese for whoever chose none. */
export function readerLanguage(c: HonoContext<AppEnv>): Language {
  const asked = c.req.query('lang') ?? getCookie(c, languageCookie)
  return asked === 'en' ? 'en' : 'zh'
}

export type About = Readonly<{ section: Section | null; isSample: boolean }>

/** What stands around a page for this reader. */
export function frameFor(c: HonoContext<AppEnv>, about: About): Frame {
  const language = readerLanguage(c)
  const address = new URL(c.req.url)
  address.searchParams.set('lang', language === 'zh' ? 'en' : 'zh')
  return {
    ...about,
    language,
    otherLanguage: `${address.pathname}${address.search}`,
    files: { style: files.style, icon: files.icon, font: fontLater },
  }
}

type Html = Readonly<{ toString: () => string | Promise<string> }>

/** Sends a page: the font it needs is known only when it is written. */
export async function sendPage(
  c: HonoContext<AppEnv>,
  page: Html,
  status = 200,
): Promise<Response> {
  const language = readerLanguage(c)
  if (c.req.query('lang') !== undefined)
    setCookie(c, languageCookie, language, { path: '/', sameSite: 'Lax', maxAge: yearSeconds })
  const html = await pageText(page)
  c.header('content-language', languageTag(language))
  c.header('vary', 'cookie')
  c.header('cache-control', 'no-cache')
  return c.html(html, status as 200)
}

/** The whole document, with the address of the font for its characters. */
export async function pageText(page: Html): Promise<string> {
  const html = await page.toString()
  return `<!doctype html>${html.replace(fontLater, files.font(encodeCharacters(html)))}`
}
