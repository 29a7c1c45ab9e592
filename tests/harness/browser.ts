import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import { processEnvironment } from '#kernel/config.ts'
import { findChromium } from '#kernel/process/chromium.ts'

export type TestBrowser = Readonly<{
  /** A page with cookies of its own, closed after the test. */
  newPage: (options?: BrowserContextOptions) => Promise<Page>
}>

/** A headless Chromium for the file it is called in. Call it outside of tests. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined
  beforeAll(async () => {
    const found = await findChromium({
      configured: processEnvironment['CHROMIUM_PATH'],
      toolsFolder: inject('services').toolsFolder,
    })
    browser = await chromium.launch({ ...found, chromiumSandbox: false })
  }, 120_000)
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()))
  })
  afterAll(async () => {
    await browser?.close()
  })
  return {
    newPage: async (options = {}) => {
      if (!browser) throw new Error('useBrowser(): open pages inside a test or a hook')
      const context = await browser.newContext({ locale: 'zh-CN', ...options })
      return context.newPage()
    },
  }
}
