import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, inject } from 'vitest'
import { createApp } from '#api/app.ts'
import type { World } from '#demo/seed/world.ts'
import { movableClock } from '#kernel/clock.ts'
import { buildPublicCity } from '#tests/builders/public-city.ts'
import type { Language } from '#web/shared/words/words.ts'
import { testAppDeps } from './app.ts'
import { TEST_NOW } from './context.ts'
import { useDatabase } from './database.ts'
import { readHtml } from './html.ts'
import type { ServedPage } from './page-laws.ts'

export type PublicPages = Readonly<{
  world: World
  /** Whatever is answered, as a browser asks for it. */
  ask: (address: string) => Promise<Response>
  /** The page at an address, read. */
  see: (address: string, language?: Language) => Promise<ServedPage>
}>

/** The address that a page's link to its other language has. */
export function inLanguage(address: string, language: Language): string {
  return `${address}${address.includes('?') ? '&' : '?'}lang=${language}`
}

/** Only that the console is served; what it shows is tested with a browser. */
function consoleOfOneFile(runFolder: string): string {
  const folder = mkdtempSync(join(runFolder, 'console-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>console</title>')
  return folder
}

/** The market of the demo city behind the platform's doors, at TEST_NOW, for the file it is called in. */
export function usePublicPages(): PublicPages {
  const database = useDatabase('file')
  let open: Readonly<{ world: World; app: ReturnType<typeof createApp> }> | undefined
  beforeAll(async () => {
    const { runFolder } = inject('services')
    const { db } = database
    const keyFolder = mkdtempSync(join(runFolder, 'keys-'))
    const world = await buildPublicCity({ db, keyFolder, now: TEST_NOW })
    const deps = testAppDeps({ db, clock: movableClock(TEST_NOW) })
    open = { world, app: createApp({ ...deps, consoleFolder: consoleOfOneFile(runFolder) }) }
  })
  const get = () => {
    if (!open) throw new Error('usePublicPages(): use it inside a test or a hook')
    return open
  }
  const ask = async (address: string): Promise<Response> =>
    get().app.request(address, { headers: { accept: 'text/html,*/*' } })
  return {
    get world() {
      return get().world
    },
    ask,
    see: async (address, language = 'zh') => {
      const answer = await ask(inLanguage(address, language))
      const html = await answer.text()
      const bytes = Buffer.byteLength(html)
      return { address, language, status: answer.status, bytes, page: readHtml(html) }
    },
  }
}
