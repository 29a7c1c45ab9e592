import { expect, test } from 'vitest'
import {
  approveScenario,
  buildOperatingCity,
  contentInput,
  draftVersion,
  fileVersion,
} from '#tests/builders/governance.ts'
import { testApp } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { listProductVersion, resumeStopped, stopAtOnce } from '#governance/index.ts'

const database = useDatabase()

async function listed() {
  const city = await buildOperatingCity(database.db)
  const scenarioId = await approveScenario(city)
  const { productId, productVersionId } = await draftVersion(city, [scenarioId], {
    content: contentInput(),
  })
  await fileVersion(city, productVersionId)
  await listProductVersion(city.head, {
    productVersionId,
    pricing: { chargeable: true, posted: true },
  })
  const page = async (language: string) => {
    const app = testApp({ db: database.db, clock: city.clock })
    const response = await app.request('/products/housing-fund?lang=' + language, {
      headers: { 'accept-language': language },
    })
    return { status: response.status, html: await response.text() }
  }
  return { city, productId, page }
}

test('a suspended product is shown as suspended, since when and why, and not as gone', async () => {
  const { city, productId, page } = await listed()
  expect((await page('zh-CN')).html).not.toContain('暂停服务')
  const { incidentId } = await stopAtOnce(city.dataBureau, {
    object: { kind: 'product', productId },
    level: 'general',
    reason: '数据质量<核查>',
  })
  const { status, html } = await page('zh-CN')
  expect(status).toBe(200)
  // The city stands at noon of 2 March.
  expect(html).toContain('自 2026-03-02 12:00 起暂停服务')
  expect(html).toContain('数据质量&lt;核查&gt;')
  const english = await page('en')
  expect(english.html).toContain('Suspended since 2026-03-02 12:00')
  const api = await testApp({ db: database.db }).request('/v1/products/housing-fund')
  expect(await api.json()).toMatchObject({
    status: 'suspended',
    suspension: { since: '2026-03-02T04:00:00.000Z', reason: '数据质量<核查>' },
  })
  await resumeStopped(city.dataBureau, { incidentId, reason: '核查完毕' })
  expect((await page('zh-CN')).html).not.toContain('起暂停服务')
})

test('the page says which input asks the sandbox for which outcome, and its limits', async () => {
  const { page } = await listed()
  const { html } = await page('en')
  expect(html).toContain('Ending of company')
  for (const text of ['…0000', '…9999', '…8888', '…7777', 'x-sandbox-outcome', '5000 a day'])
    expect(html).toContain(text)
})

test('the reference says the same, and of every refusal whether it is charged', async () => {
  const response = await testApp({ db: database.db }).request('/openapi.json')
  const { info } = (await response.json()) as { info: { description: string } }
  for (const text of ['`7777`', '`rate_limited`', 'x-price-version', 'RateLimit-Policy'])
    expect(info.description).toContain(text)
  expect(info.description).toContain('| `PRODUCT_SUSPENDED` | 403 | no |')
  expect(info.description).not.toMatch(/\| yes \|/)
})
