import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { compress } from 'hono/compress'
import { newRouter } from '#api/deps.ts'
import { DomainError } from '#kernel/errors.ts'
import { decodeCharacters, fontFaces, fontFolder, isFontFile } from './font.ts'

const forEver = 'public, max-age=31536000, immutable'
const encodedMax = 4096

/** A file of ours under an address that names its content, so that it can be kept for ever. */
function servedFile(name: string, prepare: (text: string) => string) {
  const body = prepare(readFileSync(new URL(import.meta.resolve(`#web/public/${name}`)), 'utf8'))
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return { body, path: `/assets/${name.replace('.', `-${digest}.`)}` }
}

/** Comments and indentation are for us; a reader on a slow line does not need them. */
function withoutWhitespace(css: string): string {
  return css
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(': ', ':')
    .trim()
}

const style = servedFile('style.css', withoutWhitespace)
const icon = servedFile('icon.svg', (text) => text)
const fontPath = '/assets/font/'

export const files = {
  style: style.path,
  icon: icon.path,
  /** The style sheet of the font for these characters (see font.ts). */
  font: (characters: string): string => `${fontPath}${characters}.css`,
}

export const fileRoutes = newRouter()
fileRoutes.use('/assets/*', async (c, next) => {
  await next()
  if (c.res.ok) c.header('cache-control', forEver)
})
fileRoutes.use('/assets/*', compress())
fileRoutes.get(style.path, (c) => c.body(style.body, 200, { 'content-type': 'text/css' }))
fileRoutes.get(icon.path, (c) => c.body(icon.body, 200, { 'content-type': 'image/svg+xml' }))
fileRoutes.get('/favicon.ico', (c) => c.redirect(icon.path, 302))
fileRoutes.get(`${fontPath}:file`, async (c) => {
  const file = c.req.param('file')
  if (isFontFile(file)) {
    const body = await readFile(`${fontFolder}${file}`)
    return c.body(new Uint8Array(body), 200, { 'content-type': 'font/woff2' })
  }
  const encoded = /^([\w-]+)\.css$/.exec(file)?.[1]
  if (encoded === undefined || encoded.length > encodedMax) throw new DomainError('NOT_FOUND')
  return c.body(fontFaces(decodeCharacters(encoded), fontPath), 200, { 'content-type': 'text/css' })
})
