import { beforeAll, expect, test } from 'vitest'
import type { Context } from '#kernel/context.ts'
import { approveSampleRule, settleAugust } from '#tests/builders/statement-sample.ts'
import {
  insertPeople,
  makeStatementCity,
  type StatementCity,
} from '#tests/builders/statement-city.ts'
import { jsonBody, TEST_PASSWORD, testApp } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
let city: StatementCity

beforeAll(async () => {
  city = await makeStatementCity(database.db)
  await approveSampleRule(city)
  await settleAugust(city)
  city.clock.set(new Date('2026-10-03T10:00:00+08:00'))
})

function door(ctx: Context) {
  return testApp({ db: city.db, clock: city.clock, actor: ctx.actor })
}

async function post(ctx: Context, path: string, body: unknown) {
  await insertPeople(city.db, [ctx])
  return door(ctx).request(path, jsonBody('POST', body))
}

test('a statement goes from composing to the treasury through the doors', async () => {
  const wanted = { operator_id: city.operatorId, month: '2026-09' }
  const maker = city.as('operator_maker')
  const early = await post(maker, '/v1/statements', { ...wanted, month: '2026-10' })
  expect(early.status).toBe(409)
  expect(await early.json()).toMatchObject({ code: 'STATEMENT_NOT_READY' })
  const composed = await post(maker, '/v1/statements', wanted)
  expect(composed.status).toBe(201)
  const made = (await composed.json()) as {
    statement_id: string
    version_id: string
    content_digest: string
  }
  const signatures = `/v1/statement-versions/${made.version_id}/signatures`
  const signature = {
    step: 'prepare',
    opinion: '同意',
    content_digest: made.content_digest,
    password: TEST_PASSWORD,
  }
  const wrong = await post(maker, signatures, { ...signature, password: 'another' })
  expect(await wrong.json()).toMatchObject({ code: 'PASSWORD_RECHECK_FAILED' })
  for (const [step, role] of [
    ['prepare', 'operator_maker'],
    ['check', 'operator_checker'],
    ['submit', 'operator_head'],
    ['confirm', 'data_bureau'],
    ['review', 'finance_bureau'],
  ] as const) {
    const signed = await post(city.as(role), signatures, {
      ...signature,
      step,
      ...(step === 'review' && {
        treasury_notice: { item_name: '非税', payment_code: 'JK1', due_on: '2026-10-20' },
      }),
    })
    expect(signed.status, step).toBe(201)
  }
  const finance = city.as('finance_bureau')
  const paid = await post(finance, `/v1/statements/${made.statement_id}/treasury-payment`, {
    amount: '38.00',
    paid_on: '2026-10-03',
    receipt_number: 'CZ1',
  })
  expect(await paid.json()).toMatchObject({ kind: 'recorded' })
  const read = await door(finance).request(`/v1/statements/${made.statement_id}`)
  expect(await read.json()).toMatchObject({
    status: 'treasury_paid',
    government_share: '38.00',
    content: { split: { governmentYuan: '38.00' } },
    treasury_payment: { amount: '38.00', receipt_number: 'CZ1' },
  })
})

test('every read of a statement answers the bureau, and the files are what they say', async () => {
  const finance = door(city.as('finance_bureau'))
  const { items } = (await (await finance.request('/v1/statements')).json()) as {
    items: { statement_id: string; version_id: string; content_digest: string }[]
  }
  const [head] = items
  const version = `/v1/statement-versions/${head?.version_id}`
  const statement = `/v1/statements/${head?.statement_id}`
  for (const path of [
    `${version}/exceptions`,
    `${version}/changes`,
    `${version}/members?part=receivables`,
    `${version}/proof`,
    `/v1/statement-readiness?operator_id=${city.operatorId}&month=2026-10`,
    '/v1/treasury-payments',
    '/v1/split-rules',
    `${statement}/pdf`,
    `${statement}/xlsx`,
    `${version}/files/JS-2026-000001-v1-lines.csv`,
  ])
    expect((await finance.request(path)).status, path).toBe(200)
  expect(await (await finance.request(`${version}/proof`)).json()).toMatchObject({ faults: [] })
  const json = await finance.request(`${statement}/json`)
  expect(json.headers.get('x-content-digest')).toBe(head?.content_digest)
  expect((await finance.request(`${version}/files/other.csv`)).status).toBe(404)
})

test('the print page has no script and only its own styles; its font is served', async () => {
  const finance = door(city.as('finance_bureau'))
  const { items } = (await (await finance.request('/v1/statements')).json()) as {
    items: { statement_id: string }[]
  }
  const page = await finance.request(`/documents/statements/${items[0]?.statement_id}`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'")
  const html = await page.text()
  expect(html).not.toContain('<script')
  const styles = await finance.request('/assets/fonts/noto-sans-sc/wght.css')
  expect(styles.headers.get('content-type')).toContain('text/css')
  expect((await finance.request('/assets/fonts/noto-sans-sc/../package.json')).status).toBe(404)
})

test('a buyer, another operator and nobody see no statement', async () => {
  const { items } = (await (
    await door(city.as('finance_bureau')).request('/v1/statements')
  ).json()) as { items: { statement_id: string }[] }
  const path = `/v1/statements/${items[0]?.statement_id}`
  const { actor } = city.as('operator_head')
  if (actor.kind !== 'person') throw new Error('a head is a person')
  const other = testApp({ db: city.db, actor: { ...actor, organizationId: city.buyers[0] } })
  expect((await other.request(path)).status).toBe(404)
  expect((await other.request(`/documents/statements/${items[0]?.statement_id}`)).status).toBe(404)
  expect((await testApp({ db: city.db }).request(path)).status).toBe(401)
  const buyer = testApp({
    db: city.db,
    actor: { ...actor, organizationKind: 'buyer', roles: ['buyer_admin'] },
  })
  expect((await buyer.request(path)).status).toBe(403)
})
