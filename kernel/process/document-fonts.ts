import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where print documents find their Chinese font, on our own server and inside the PDF renderer. */
export const documentFontsPath = '/assets/fonts/noto-sans-sc/'

export type FontFile = Readonly<{ bytes: Uint8Array; contentType: string }>

const allowed = /^(?:wght\.css|files\/noto-sans-sc-[a-z0-9-]+-wght-normal\.woff2)$/

/**
 * One file of the font package by its name below documentFontsPath; undefined for any other name. A
 * document loads only the parts of the font whose characters it has.
 */
export async function readDocumentFont(name: string): Promise<FontFile | undefined> {
  if (!allowed.test(name)) return undefined
  const entry = fileURLToPath(import.meta.resolve('@fontsource-variable/noto-sans-sc/wght.css'))
  const contentType = name.endsWith('.css') ? 'text/css; charset=utf-8' : 'font/woff2'
  try {
    return { bytes: await readFile(join(dirname(entry), name)), contentType }
  } catch {
    return undefined
  }
}
