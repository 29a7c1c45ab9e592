import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  accountBudget,
  countBudgets,
  keyBudget,
  parseChargingForm,
  setAccountTerms,
} from '#billing/index.ts'
import { hashApiKey, parseApiKey } from '#kernel/api-key-format.ts'
import { openPool } from '#kernel/database.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import { monthOf } from '#kernel/period.ts'
import { shardOf } from '#metering/index.ts'
import { giveTopUp } from '#tests/builders/account.ts'
import { type CallOptions, forgetCounts, insertKey } from '#tests/builders/gateway.ts'
import { sampleTerms } from '#tests/builders/market.ts'
import { useGateway } from '#tests/builders/use-gateway.ts'

/** Every call costs 0.50, so the arithmetic can be done by eye. */
const price = parseChargingForm({ kind: 'per_call', unitPriceYuan: '0.5' })
const { database, redis, provider, city, gateway, agreeOn, nextSecond } = useGateway({
  price,
  cap: price,
})

beforeAll(() =>
  agreeOn({
    ...sampleTerms,
    callsPerSecondMax: 10_000,
    concurrentCallsMax: 10_000,
    callsPerDayMax: null,
    callsPerMonthMax: null,
  }),
)
beforeEach(async () => {
  await gateway.settle()
  nextSecond()
  await forgetCounts(redis.client)
  await forgetUse()
  await setCap(null)
  await setTerms('postpaid', null)
})

/** Use of earlier tests is voided of money: its events name no price any more. */
async function forgetUse(): Promise<void> {
  await database.ownerDb
    .updateTable('metering.usage_event')
    .set({ price_reference: 'gone' })
    .execute()
  const pending = await database.ownerDb.deleteFrom('billing.payment').returning('id').execute()
  expect(pending.length).toBeLessThanOrEqual(1)
}

function digestOf(text: string): string {
  const parsed = parseApiKey(text)
  if (!parsed) throw new Error('the builder makes keys that can be read')
  return hashApiKey(parsed.key)
}

async function setTerms(mode: 'prepaid' | 'postpaid', limit: Money | null): Promise<void> {
  city.clock.advance(1)
  await setAccountTerms(city.head, {
    ...{ buyerId: city.buyerId, paymentMode: mode, creditLimitFen: limit },
    reason: '示例',
  })
  gateway.forgetAccess()
}

async function setCap(fen: bigint | null, key = city.liveKey): Promise<void> {
  await database.ownerDb
    .updateTable('governance.api_key')
    .set({ monthly_spend_max_fen: fen })
    .where('secret_digest', '=', digestOf(key))
    .execute()
  gateway.forgetAccess()
}

async function prepay(fen: bigint): Promise<void> {
  await giveTopUp(city, { amountFen: moneyFromFen(fen) })
  await setTerms('prepaid', null)
}

async function answersOf(
  count: number,
  options: CallOptions | ((index: number) => CallOptions) = {},
): Promise<Record<string, number>> {
  const responses = await Promise.all(
    Array.from({ length: count }, (_each, index) =>
      gateway.call(typeof options === 'function' ? options(index) : options),
    ),
  )
  const answers: Record<string, number> = {}
  for (const response of responses) {
    const name = response.ok ? 'ok' : ((await response.json()) as { code: string }).code
    answers[name] = (answers[name] ?? 0) + 1
  }
  return answers
}

/** What Redis counts, in micro-yuan. */
async function counted(): Promise<Readonly<{ account: number; key: number }>> {
  const key = await database.db
    .selectFrom('governance.api_key')
    .select('id')
    .where('secret_digest', '=', digestOf(city.liveKey))
    .executeTakeFirstOrThrow()
  const shard = shardOf(city.buyerId)
  const read = async (name: string) =>
    Number((await redis.client.get(`used:{${shard}}:${name}`)) ?? 0)
  return {
    account: await read(
      accountBudget({ buyerId: city.buyerId, operatorId: city.market.operatorId }),
    ),
    key: await read(keyBudget({ spendKeyId: key.id, month: monthOf(city.clock.now()) })),
  }
}

describe('each budget lets in exactly as many as it pays for, of 100 who call at once', () => {
  test.each([
    ['a prepaid balance of 20.50', 41, 'INSUFFICIENT_BALANCE', () => prepay(2_050n)],
    [
      'a credit limit of 18.50',
      37,
      'CREDIT_LIMIT_EXCEEDED',
      () => setTerms('postpaid', moneyFromFen(1_850n)),
    ],
    ['a spend cap of 21.50', 43, 'KEY_SPEND_CAP_REACHED', () => setCap(2_150n)],
  ])('%s', async (_what, limit, code, give) => {
    await give()
    expect(await answersOf(100)).toEqual({ ok: limit, [code]: 100 - limit })
    expect(await answersOf(1)).toEqual({ [code]: 1 })
  })

  test.each([
    ['balance', 'INSUFFICIENT_BALANCE', () => prepay(1_000n)],
    ['credit', 'CREDIT_LIMIT_EXCEEDED', () => setTerms('postpaid', moneyFromFen(1_000n))],
    ['cap', 'KEY_SPEND_CAP_REACHED', () => setCap(1_000n)],
  ])('at the limit of a %s and one beyond', async (_what, code, give) => {
    await give()
    expect(await answersOf(20)).toEqual({ ok: 20 })
    expect(await answersOf(1)).toEqual({ [code]: 1 })
  })

  test('less than a call costs lets in none', async () => {
    await prepay(49n)
    expect(await answersOf(100)).toEqual({ INSUFFICIENT_BALANCE: 100 })
  })

  test('two keys share an account, and each has its own cap', async () => {
    const second = await insertKey(database, city, 'live')
    await prepay(3_000n)
    await setCap(1_000n)
    expect(await answersOf(100)).toEqual({ ok: 20, KEY_SPEND_CAP_REACHED: 80 })
    expect(await answersOf(100, { key: second })).toEqual({ ok: 40, INSUFFICIENT_BALANCE: 60 })
  })

  test('a key that follows another spends under the same cap', async () => {
    const second = await insertKey(database, city, 'live')
    const first = await database.db
      .selectFrom('governance.api_key')
      .select('id')
      .where('secret_digest', '=', digestOf(city.liveKey))
      .executeTakeFirstOrThrow()
    await database.ownerDb
      .updateTable('governance.api_key')
      .set({ spend_key_id: first.id })
      .where('secret_digest', '=', digestOf(second))
      .execute()
    await setCap(1_000n)
    await setCap(1_000n, second)
    const keys = [city.liveKey, second]
    const answers = await answersOf(100, (index) => ({ key: keys[index % 2] ?? second }))
    expect(answers).toEqual({ ok: 20, KEY_SPEND_CAP_REACHED: 80 })
  })

  test('a cap begins anew with the month, a balance does not', async () => {
    await prepay(1_500n)
    await setCap(1_000n)
    const month = city.clock.now()
    city.clock.set(new Date('2026-06-30T15:59:59.000Z'))
    gateway.forgetAccess()
    expect(await answersOf(100)).toEqual({ ok: 20, KEY_SPEND_CAP_REACHED: 80 })
    city.clock.set(new Date('2026-06-30T16:00:00.000Z'))
    gateway.forgetAccess()
    expect(await answersOf(100)).toEqual({ ok: 10, INSUFFICIENT_BALANCE: 90 })
    expect(month < city.clock.now()).toBe(true)
  })
})

describe('what a call did not cost is given back', () => {
  test.each([
    ['a failure behind', 'break', 'UPSTREAM_FAILED'],
    ['a time-out behind', 'late', 'UPSTREAM_TIMEOUT'],
    ['nothing found, where only found is charged', 'none', 'ok'],
  ])('%s', async (_what, no, answer) => {
    await prepay(1_000n)
    expect(await answersOf(20, { no })).toEqual({ [answer]: 20 })
    expect(await counted()).toEqual({ account: 0, key: 0 })
    expect(await answersOf(100)).toEqual({ ok: 20, INSUFFICIENT_BALANCE: 80 })
  })

  test('while calls are under way what they may cost is taken', async () => {
    await prepay(1_000n)
    const before = provider.calls()
    const waiting = Array.from({ length: 15 }, () => gateway.call({ no: 'wait' }))
    await expect.poll(provider.calls).toBe(before + 15)
    expect(await answersOf(20)).toEqual({ ok: 5, INSUFFICIENT_BALANCE: 15 })
    provider.release()
    await Promise.all(waiting)
    expect(await counted()).toEqual({ account: 10_000_000, key: 10_000_000 })
  })

  test('a repeat under an Idempotency-Key is paid once', async () => {
    await prepay(100n)
    const headers = { 'idempotency-key': 'once' }
    for (let time = 0; time < 5; time++) expect(await answersOf(1, { headers })).toEqual({ ok: 1 })
    expect(await answersOf(2)).toEqual({ ok: 1, INSUFFICIENT_BALANCE: 1 })
  })

  test('a reservation whose call never ended is freed at its deadline, once', async () => {
    await prepay(100n)
    const before = provider.calls()
    const lost = [gateway.call({ no: 'wait' }), gateway.call({ no: 'wait' })]
    await expect.poll(provider.calls).toBe(before + 2)
    expect(await answersOf(1)).toEqual({ INSUFFICIENT_BALANCE: 1 })
    // 5 seconds of the product and 30 of slack are the deadline of a call.
    city.clock.advance(35_001)
    gateway.forgetAccess()
    expect(await answersOf(1)).toEqual({ ok: 1 })
    expect(await counted()).toEqual({ account: 500_000, key: 500_000 })
    // Had they only been slow, they count when they end.
    provider.release()
    await Promise.all(lost)
    expect(await counted()).toEqual({ account: 1_500_000, key: 1_500_000 })
  })

  test('a slow call counts when it ends, also where there was no limit yet', async () => {
    const before = provider.calls()
    const slow = [gateway.call({ no: 'wait' }), gateway.call({ no: 'wait' })]
    await expect.poll(provider.calls).toBe(before + 2)
    city.clock.advance(35_001)
    gateway.forgetAccess()
    expect(await answersOf(1)).toEqual({ ok: 1 })
    provider.release()
    await Promise.all(slow)
    expect(await counted()).toEqual({ account: 1_500_000, key: 1_500_000 })
  })
})

test('a refusal is an event of its own, never billed, and says what to do', async () => {
  await prepay(49n)
  const response = await gateway.call()
  expect(response.status).toBe(402)
  expect(await response.json()).toMatchObject({ code: 'INSUFFICIENT_BALANCE', billed: false })
  expect(response.headers.get('x-billed')).toBe('false')
  await gateway.settle()
  const event = await database.db
    .selectFrom('metering.usage_event')
    .select(['result_class', 'reason', 'billable', 'http_status'])
    .where('reason', '=', 'insufficient_balance')
    .orderBy('event_id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  expect(event).toEqual({
    result_class: 'refused',
    reason: 'insufficient_balance',
    billable: false,
    http_status: 402,
  })
})

test('a top-up lets calls in again, and a sandbox call needs none', async () => {
  await prepay(50n)
  expect(await answersOf(2)).toEqual({ ok: 1, INSUFFICIENT_BALANCE: 1 })
  expect(await answersOf(3, { key: city.sandboxKey })).toEqual({ ok: 3 })
  await giveTopUp(city, { amountFen: moneyFromFen(100n) })
  gateway.forgetAccess()
  expect(await answersOf(3)).toEqual({ ok: 2, INSUFFICIENT_BALANCE: 1 })
  await database.ownerDb.deleteFrom('billing.payment').execute()
})

test('an emptied Redis: 503 until the budgets are made anew, then exact to the call', async () => {
  await prepay(1_000n)
  await setCap(900n)
  expect(await answersOf(10)).toEqual({ ok: 10 })
  expect(await answersOf(5, { no: 'break' })).toEqual({ UPSTREAM_FAILED: 5 })
  const before = await counted()
  expect(before).toEqual({ account: 5_000_000, key: 5_000_000 })
  await redis.client.flushdb()
  expect(await answersOf(5)).toEqual({ METERING_UNAVAILABLE: 5 })
  await gateway.recorder.untilLimitsHold()
  await expect.poll(counted, { timeout: 15_000 }).toEqual(before)
  await gateway.recorder.untilLimitsHold()
  expect(await answersOf(100)).toEqual({ ok: 8, KEY_SPEND_CAP_REACHED: 92 })
  await setCap(null)
  expect(await answersOf(100)).toEqual({ ok: 2, INSUFFICIENT_BALANCE: 98 })
}, 40_000)

test('what the writer would count is what Redis counts', async () => {
  await prepay(100_000n)
  const outcomes = ['1', 'none', 'break', 'late'] as const
  for (let round = 0; round < 5; round++)
    await answersOf(20, (index) => ({
      no: `${outcomes[(index * (round + 1)) % 4] ?? '1'}-${index}`,
    }))
  await gateway.settle()
  const pool = openPool({ connectionString: database.url, poolSize: 1 })
  const client = await pool.connect()
  const counts = await countBudgets(client, { now: city.clock.now(), isOfShard: () => true })
  client.release()
  await pool.end()
  const units = new Map(counts.used.map(({ name, units }) => [name.split(':')[0], Number(units)]))
  expect({ account: units.get('account'), key: units.get('key') }).toEqual(await counted())
})
