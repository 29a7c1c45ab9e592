import { jsonBody, testApp } from '#tests/harness/app.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { insertUsage, setWatermark } from '#tests/builders/usage.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
let city: BillingCity

beforeAll(async () => {
  city = await buildBillingCity(database)
  await insertUsage(database.db, {
    buyerId: city.buyerId,
    subscriptionId: city.subscriptionId,
    productId: city.productId,
    scenarioId: city.market.industryScenarioId,
    purposeClass: 'industry',
    from: new Date('2026-06-02T01:00:00Z'),
    count: 150,
    batch: 1n,
  })
  city.clock.set(new Date('2026-07-01T02:00:00+08:00'))
  await setWatermark(database.db, city.clock.now())
})

async function ask(who: Context | undefined, path: string, body?: unknown) {
  const app = testApp({ db: database.db, clock: city.clock, ...(who && { actor: who.actor }) })
  const answer = await app.request(path, body === undefined ? {} : jsonBody('POST', body))
  return { status: answer.status, body: z.record(z.string(), z.any()).parse(await answer.json()) }
}

test('the price board is public and says cap, price and basis as decimal text', async () => {
  const { status, body } = await ask(undefined, '/v1/price-board')
  expect(status).toBe(200)
  expect(body['items']).toMatchObject([
    {
      product_code: 'housing-fund-credit',
      list_kind: 'trial',
      document: { number: '示例〔2026〕1号' },
      cap: { kind: 'graduated', unit: 'call' },
      tiers: [
        { cap_yuan: '0.05', posted_yuan: '0.04', headroom_yuan: '0.01' },
        { cap_yuan: '0.04', posted_yuan: '0.035', headroom_yuan: '0.005' },
      ],
    },
  ])
  const history = await ask(
    undefined,
    `/v1/price-board/history?product_id=${city.productId}&code=CREDIT`,
  )
  expect(history.body['items']).toHaveLength(1)
})

test('a price above its cap is a problem that names tier, cap and price', async () => {
  const proposal = {
    price_item_id: city.priceItemId,
    form: {
      kind: 'graduated',
      unit: 'call',
      tiers: [
        { from_quantity: '0', to_quantity: '100', unit_price_yuan: '0.040' },
        { from_quantity: '100', to_quantity: null, unit_price_yuan: '0.041' },
      ],
    },
    reason: '示例',
    effective_from: '2026-08-01T00:00:00+08:00',
  }
  const { status, body } = await ask(city.maker, '/v1/posted-price-proposals', proposal)
  expect(status).toBe(422)
  expect(body).toMatchObject({
    code: 'PRICE_ABOVE_CAP',
    facts: { tier: 2, capYuan: '0.04', postedYuan: '0.041' },
  })
})

test('lists and proposals are the operator’s and the bureaus’ to read', async () => {
  expect((await ask(city.maker, '/v1/price-lists')).body['items']).toHaveLength(1)
  expect((await ask(city.bureau, '/v1/posted-price-proposals')).body['items']).toHaveLength(1)
  expect((await ask(city.buyer, '/v1/price-lists')).status).toBe(403)
})

test('a buyer sees its own subscriptions', async () => {
  const { body } = await ask(city.buyer, '/v1/subscriptions')
  expect(body['items']).toMatchObject([{ subscription_id: city.subscriptionId, status: 'active' }])
  const one = await ask(city.buyer, `/v1/subscriptions/${city.subscriptionId}`)
  expect(one.body['terms']).toMatchObject({ calls_per_second_max: 100 })
})

describe('a bill over HTTP', () => {
  let billId: Id<'bill'>
  let number: string

  test('is composed, confirmed and issued', async () => {
    const run = await ask(city.maker, '/v1/bill-runs', {
      operator_id: city.market.operatorId,
      month: '2026-06',
    })
    expect(run.body).toMatchObject({ kind: 'ran', outcomes: [{ kind: 'composed', gross: '5.75' }] })
    billId = run.body['outcomes'][0].bill_id
    expect((await ask(city.buyer, `/v1/bills/${billId}`)).status).toBe(404)
    await ask(city.checker, `/v1/bills/${billId}/confirm-by-operator`, {})
    const issued = await ask(city.head, `/v1/bills/${billId}/issue`, {})
    expect(issued.body).toMatchObject({ kind: 'issued', due_on: '2026-07-21' })
    number = issued.body['number']
  })

  test('shows the buyer lines, tiers and the calls behind them', async () => {
    const { body } = await ask(city.buyer, `/v1/bills/${billId}`)
    expect(body).toMatchObject({
      gross: '5.75',
      net: '5.42',
      tax: '0.33',
      outstanding: '5.75',
      lines: [
        {
          billed_calls: '150',
          unrounded_yuan: '5.75',
          tiers: [{ amount_yuan: '4' }, { amount_yuan: '1.75' }],
        },
      ],
    })
    const lineId = body['lines'][0].line_id
    const calls = await ask(city.buyer, `/v1/bill-lines/${lineId}/calls?limit=100`)
    expect(calls.body['items']).toHaveLength(100)
    const rest = await ask(
      city.buyer,
      `/v1/bill-lines/${lineId}/calls?limit=100&cursor=${calls.body['next_cursor']}`,
    )
    expect(rest.body).toMatchObject({ has_more: false, next_cursor: null })
    expect(rest.body['items']).toHaveLength(50)
  })

  test('is paid by the bank file, and the ledger proves it', async () => {
    const statement = {
      operator_id: city.market.operatorId,
      account: '6222-0001',
      file_name: '流水.csv',
      content: [
        'bank_reference,paid_on,amount_yuan,payer_name,payer_account,remark',
        `T1,2026-07-05,5.75,咸宁示例银行,62,${number}`,
      ].join('\n'),
    }
    const bad = { ...statement, content: statement.content.replace('5.75', 'x') }
    expect((await ask(city.maker, '/v1/bank-statements', bad)).body).toMatchObject({
      code: 'BANK_FILE_INVALID',
      facts: { rows: [{ row: 2, field: 'amount_yuan' }] },
    })
    expect((await ask(city.maker, '/v1/bank-statements', statement)).body).toMatchObject({
      kind: 'imported',
      entries: 1,
    })
    const matching = { operator_id: city.market.operatorId }
    expect((await ask(city.maker, '/v1/payment-matchings', matching)).body).toEqual({
      matched: 1,
      unmatched: 0,
    })
    expect((await ask(city.buyer, `/v1/bills/${billId}`)).body['status']).toBe('paid')
    expect((await ask(city.maker, '/v1/payments')).body['items']).toMatchObject([
      { amount: '5.75', credit: '0.00' },
    ])
    expect((await ask(city.head, '/v1/ledger/proof')).body['holds']).toBe(true)
    expect(
      (await ask(city.bureau, '/v1/ledger/receivables?month=2026-07')).body['total'],
    ).toMatchObject({ billed: '5.75', received: '5.75', closing: '0.00' })
    expect((await ask(city.bureau, '/v1/ledger/transactions')).body['items']).toHaveLength(2)
    expect((await ask(city.buyer, '/v1/ledger/balances')).status).toBe(403)
  })
})
