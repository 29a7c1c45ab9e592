import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { importEntry } from '#tests/builders/account.ts'
import { type BillingCity, buildBillingCity } from '#tests/builders/billing.ts'
import { contextOf, person } from '#tests/builders/market.ts'
import { setWatermark } from '#tests/builders/usage.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase('file')
let city: BillingCity
let other: Context

beforeAll(async () => {
  city = await buildBillingCity(database)
  other = contextOf(
    database.db,
    city.clock,
    person({
      organizationId: city.market.bureauId,
      organizationKind: 'buyer',
      role: 'buyer_admin',
    }),
  )
})

async function ask(who: Context, path: string, body?: unknown) {
  const app = testApp({ db: database.db, clock: city.clock, actor: who.actor })
  const answer = await app.request(path, body === undefined ? {} : jsonBody('POST', body))
  return { status: answer.status, body: z.record(z.string(), z.any()).parse(await answer.json()) }
}

const key = () => ({ buyer_id: city.buyerId, operator_id: city.market.operatorId })

describe('an account', () => {
  test('is set by the operator, topped up from a bank entry, and read by its buyer', async () => {
    const terms = { buyer_id: city.buyerId, payment_mode: 'prepaid', reason: '协议约定' }
    expect(await ask(city.maker, '/v1/account-terms', terms)).toMatchObject({ status: 403 })
    expect(await ask(city.head, '/v1/account-terms', terms)).toMatchObject({
      status: 201,
      body: { kind: 'set' },
    })
    const entry = await importEntry(city, { amountFen: moneyFromFen(50_000n) })
    const topUp = { buyer_id: city.buyerId }
    expect(await ask(city.maker, `/v1/bank-entries/${entry}/top-up`, topUp)).toMatchObject({
      status: 200,
      body: { kind: 'recorded', balance: '500.00' },
    })
    const { body } = await ask(city.buyer, '/v1/accounts')
    expect(body['items']).toMatchObject([
      {
        ...key(),
        payment_mode: 'prepaid',
        credit_limit: null,
        balance: '500.00',
        owed: '0.00',
        unbilled: '0.00',
        available: '500.00',
        unused: '500.00',
      },
    ])
    const query = `buyer_id=${city.buyerId}&operator_id=${city.market.operatorId}`
    const movements = await ask(city.buyer, `/v1/account-movements?${query}`)
    expect(movements.body['items']).toMatchObject([
      { kind: 'top_up', amount: '500.00', balance_after: '500.00', bill_id: null },
    ])
    const payments = await ask(city.maker, '/v1/payments')
    expect(payments.body['items']).toMatchObject([{ purpose: 'top_up', credit: '500.00' }])
  })

  test('is nobody else’s to see', async () => {
    const query = `buyer_id=${city.buyerId}&operator_id=${city.market.operatorId}`
    expect((await ask(other, '/v1/accounts')).body['items']).toEqual([])
    expect((await ask(other, `/v1/account-movements?${query}`)).status).toBe(404)
    expect((await ask(other, '/v1/balance-refunds')).body['items']).toEqual([])
    const refund = { ...key(), amount: '1.00', payee_account: '62', reason: '示例' }
    expect((await ask(other, '/v1/balance-refunds', refund)).status).toBe(404)
  })

  test('a refund is asked for by one and decided by another', async () => {
    const refund = { ...key(), amount: '600.00', payee_account: '62', reason: '不再使用' }
    expect(await ask(city.buyer, '/v1/balance-refunds', refund)).toMatchObject({
      status: 409,
      body: { code: 'REFUND_EXCEEDS_UNUSED', facts: { unusedYuan: '500.00' } },
    })
    const asked = await ask(city.buyer, '/v1/balance-refunds', { ...refund, amount: '200.00' })
    expect(asked.status).toBe(201)
    city.clock.advance(6_000)
    await setWatermark(database.db, city.clock.now())
    const path = `/v1/balance-refunds/${String(asked.body['refund_id'])}/decision`
    const verdict = { verdict: 'approved', note: '同意' }
    expect((await ask(city.buyer, path, verdict)).status).toBe(403)
    expect(await ask(city.checker, path, verdict)).toMatchObject({ body: { kind: 'approved' } })
    const { body } = await ask(city.buyer, '/v1/balance-refunds')
    expect(body['items']).toMatchObject([{ amount: '200.00', status: 'approved', is_mine: true }])
    expect((await ask(city.head, '/v1/accounts')).body['items']).toMatchObject([
      { balance: '300.00' },
    ])
  })
})

describe('a spend cap', () => {
  const create = (more: object) =>
    ask(city.buyer, '/v1/api-keys', {
      mode: 'live',
      scopes: ['data:call'],
      name: '生产',
      subscription_id: city.subscriptionId,
      ...more,
    })
  const keys = async () => (await ask(city.buyer, '/v1/api-keys')).body['items']

  test('is given with the key, changed, passed on to its successor, and taken away', async () => {
    const made = await create({ monthly_spend_max: '100.00' })
    expect(made.status).toBe(201)
    const id = String(made.body['key_id'])
    expect(await keys()).toMatchObject([{ id, monthly_spend_max: '100.00', spend_key_id: id }])
    city.clock.advance(1)
    const rotated = await ask(city.buyer, `/v1/api-keys/${id}/rotation`, {})
    expect(rotated.status).toBe(201)
    const cap = (monthly_spend_max: string | null) =>
      ask(city.buyer, `/v1/api-keys/${String(rotated.body['key_id'])}/spend-cap`, {
        monthly_spend_max,
      })
    expect((await cap('80.00')).body).toEqual({ kind: 'capped' })
    expect((await cap('80.00')).body).toEqual({ kind: 'already_capped' })
    expect(await keys()).toMatchObject([
      { spend_key_id: id, monthly_spend_max: '80.00' },
      { spend_key_id: id, monthly_spend_max: '80.00' },
    ])
    await cap(null)
    expect(await keys()).toMatchObject([{ monthly_spend_max: null }, { monthly_spend_max: null }])
    expect((await ask(city.buyer, '/v1/key-spending')).body).toEqual({ items: [] })
  })

  test('is of a key that spends, and of one’s own', async () => {
    const made = await create({})
    const path = `/v1/api-keys/${String(made.body['key_id'])}/spend-cap`
    expect((await ask(other, path, { monthly_spend_max: '1.00' })).status).toBe(404)
    expect((await ask(city.head, path, { monthly_spend_max: '1.00' })).status).toBe(403)
    expect((await ask(city.buyer, path, { monthly_spend_max: '-1.00' })).status).toBe(422)
    const sandbox = await create({
      mode: 'sandbox',
      subscription_id: null,
      monthly_spend_max: '1.00',
    })
    expect(sandbox.status).toBe(422)
  })
})
