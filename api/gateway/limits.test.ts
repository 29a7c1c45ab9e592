import { beforeEach, describe, expect, test } from 'vitest'
import { type CallOptions, forgetCounts, insertKey } from '#tests/builders/gateway.ts'
import { sampleTerms } from '#tests/builders/market.ts'
import { useGateway } from '#tests/builders/use-gateway.ts'

const { database, redis, provider, city, gateway, agreeOn, nextSecond } = useGateway()

const unlimited = { ...sampleTerms, callsPerSecondMax: 10_000, concurrentCallsMax: 10_000 }

beforeEach(async () => {
  nextSecond()
  await forgetCounts(redis.client)
  await setTerms({})
})

const setTerms = (more: object): Promise<void> => agreeOn({ ...unlimited, ...more })

/** How many of so many concurrent calls were answered with what. */
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

describe('each limit lets in exactly as many as it says, of 100 who call at once', () => {
  test.each([
    ['calls a second', { callsPerSecondMax: 37 }, 37, 'RATE_LIMITED'],
    ['calls a day', { callsPerDayMax: '41' }, 41, 'QUOTA_EXCEEDED'],
    ['calls a month', { callsPerMonthMax: '43' }, 43, 'QUOTA_EXCEEDED'],
  ])('%s', async (_what, more, limit, code) => {
    await setTerms(more)
    expect(await answersOf(limit)).toEqual({ ok: limit })
    expect(await answersOf(1)).toEqual({ [code]: 1 })
    await forgetCounts(redis.client)
    city.clock.advance(1_000)
    expect(await answersOf(100)).toEqual({ ok: limit, [code]: 100 - limit })
  })

  test('calls at a time: a call that returns lets the next one in', async () => {
    await setTerms({ concurrentCallsMax: 5 })
    const before = provider.calls()
    const five = Array.from({ length: 5 }, () => gateway.call({ no: 'wait' }))
    await expect.poll(provider.calls).toBe(before + 5)
    expect(await answersOf(95)).toEqual({ CONCURRENCY_EXCEEDED: 95 })
    provider.release()
    expect((await Promise.all(five)).map((each) => each.status)).toEqual([200, 200, 200, 200, 200])
    await gateway.settle()
    expect(await answersOf(5)).toEqual({ ok: 5 })
  })

  test('two keys of one subscription draw on the same limits', async () => {
    await setTerms({ callsPerDayMax: '50' })
    const second = await insertKey(database, city, 'live')
    const keys = [city.liveKey, second]
    const answers = await answersOf(100, (index) => ({ key: keys[index % 2] ?? second }))
    expect(answers).toEqual({ ok: 50, QUOTA_EXCEEDED: 50 })
  })

  test('a day and a month begin at midnight in Beijing, to the millisecond', async () => {
    await setTerms({ callsPerDayMax: '10' })
    city.clock.set(new Date('2026-07-14T15:59:59.999Z'))
    expect(await answersOf(100)).toEqual({ ok: 10, QUOTA_EXCEEDED: 90 })
    city.clock.set(new Date('2026-07-14T16:00:00.000Z'))
    expect(await answersOf(100)).toEqual({ ok: 10, QUOTA_EXCEEDED: 90 })
    await setTerms({ callsPerMonthMax: '20' })
    city.clock.set(new Date('2026-07-31T15:59:59.999Z'))
    expect(await answersOf(100)).toEqual({ ok: 20, QUOTA_EXCEEDED: 80 })
    expect(await answersOf(1)).toEqual({ QUOTA_EXCEEDED: 1 })
    city.clock.set(new Date('2026-07-31T16:00:00.000Z'))
    expect(await answersOf(100)).toEqual({ ok: 20, QUOTA_EXCEEDED: 80 })
  })
})

describe('what ends at a moment ends at that moment, for 100 who call at once', () => {
  test.each([
    ['a key', 'KEY_EXPIRED', (at: Date) => setKey({ expires_at: at })],
    ['the overlap of a key', 'KEY_EXPIRED', (at: Date) => setKey({ overlap_ends_at: at })],
    ['a subscription', 'SUBSCRIPTION_EXPIRED', (at: Date) => setEnd(at)],
  ])('%s', async (_what, code, setTo) => {
    const ends = new Date(city.clock.now().getTime() + 5_000)
    await setTo(ends)
    gateway.forgetAccess()
    city.clock.set(new Date(ends.getTime() - 1))
    expect(await answersOf(100)).toEqual({ ok: 100 })
    city.clock.set(ends)
    expect(await answersOf(100)).toEqual({ [code]: 100 })
    await setKey({ expires_at: null, overlap_ends_at: null })
    await setEnd(new Date('2026-12-31T16:00:00Z'))
  })

  test('a subscription begins at its moment too', async () => {
    const starts = new Date(city.clock.now().getTime() + 5_000)
    await setStart(starts)
    city.clock.set(new Date(starts.getTime() - 1))
    expect(await answersOf(100)).toEqual({ SUBSCRIPTION_EXPIRED: 100 })
    city.clock.set(starts)
    expect(await answersOf(100)).toEqual({ ok: 100 })
  })

  async function setKey(change: { expires_at?: Date | null; overlap_ends_at?: Date | null }) {
    await database.ownerDb
      .updateTable('governance.api_key')
      .set(change)
      .where('last_four', '=', city.liveKey.slice(-4))
      .execute()
  }
  async function setEnd(endsAt: Date) {
    await database.ownerDb.updateTable('billing.subscription').set({ ends_at: endsAt }).execute()
    gateway.forgetAccess()
  }
  async function setStart(startsAt: Date) {
    await database.ownerDb
      .updateTable('billing.subscription')
      .set({ starts_at: startsAt })
      .execute()
    gateway.forgetAccess()
  }
})

describe('where and what for', () => {
  test.each([
    ['10.1.0.0/16', 'NETWORK_NOT_ALLOWED'],
    ['127.0.0.0/30', 'ok'],
    ['127.0.0.1', 'ok'],
    ['127.0.0.2', 'NETWORK_NOT_ALLOWED'],
    ['126.0.0.0/8', 'NETWORK_NOT_ALLOWED'],
    ['2001:db8::/32', 'NETWORK_NOT_ALLOWED'],
  ])('from 127.0.0.1 with the network %s: %s', async (network, answer) => {
    await setTerms({ networks: [network] })
    expect(await answersOf(100)).toEqual({ [answer]: 100 })
  })

  test('another product than the subscribed, and a scenario no longer approved, are another purpose', async () => {
    expect(await answersOf(100, { product: 'parking' })).toEqual({ PURPOSE_NOT_ALLOWED: 100 })
    await setScenario('rejected')
    expect(await answersOf(100)).toEqual({ PURPOSE_NOT_ALLOWED: 100 })
    await setScenario('approved')
    expect(await answersOf(100)).toEqual({ ok: 100 })
  })

  async function setScenario(status: 'approved' | 'rejected') {
    await database.ownerDb
      .updateTable('governance.scenario')
      .set({ status })
      .where('id', '=', city.market.industryScenarioId)
      .execute()
    gateway.forgetAccess()
  }
})

test('a call under way when its product is stopped ends as it would, and is charged', async () => {
  const before = provider.calls()
  const waiting = gateway.call({ no: 'wait' })
  await expect.poll(provider.calls).toBe(before + 1)
  const setStatus = async (status: 'suspended' | 'listed') => {
    await database.ownerDb
      .updateTable('governance.product_version')
      .set({ status })
      .where('id', '=', city.productVersionId)
      .execute()
    gateway.forgetAccess()
  }
  await setStatus('suspended')
  expect(await answersOf(10)).toEqual({ PRODUCT_SUSPENDED: 10 })
  expect(await answersOf(10, { key: city.sandboxKey })).toEqual({ PRODUCT_SUSPENDED: 10 })
  provider.release()
  const answer = await waiting
  expect([answer.status, answer.headers.get('x-billed')]).toEqual([200, 'true'])
  await setStatus('listed')
  expect(await answersOf(10)).toEqual({ ok: 10 })
})
