import { expect, test } from 'vitest'
import { useBrowser } from '#tests/harness/index.ts'

const browser = useBrowser()

test('a page of ours is shown and printed', async () => {
  const page = await browser.newPage()
  await page.setContent('<meta charset="utf-8"><h1>公共数据</h1>')
  expect(await page.textContent('h1')).toBe('公共数据')
  const paper = await page.pdf({ format: 'A4' })
  expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
})
