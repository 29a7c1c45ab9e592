import { beforeEach, describe, expect, test } from 'vitest'
import type { UsageReceipt } from '#metering/index.ts'
import { verifyReceipt } from '#metering/index.ts'
import { insertKey } from '#tests/builders/gateway.ts'
import { serveGateway } from '#tests/builders/served-gateway.ts'
import { useGateway } from '#tests/builders/use-gateway.ts'

const { database, provider, city, gateway, agreeOn, nextSecond } = useGateway()

beforeEach(nextSecond)

const terms = (more: object): Promise<void> => agreeOn({ ...baseTerms, ...more })
const baseTerms = {
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
  callsPerDayMax: null,
  callsPerMonthMax: null,
  callsPerSecondMax: 1_000,
  concurrentCallsMax: 1_000,
  networks: [],
}

/** The stored events since the clock's last second, as the tests compare them. */
async function eventsSince(at: Date) {
  await gateway.settle()
  return database.db
    .selectFrom('metering.usage_event')
    .select(['result_class', 'reason', 'billable', 'http_status', 'attempts', 'mode', 'event_id'])
    .where('occurred_at', '>=', at)
    .orderBy('event_id')
    .execute()
}

function receiptOf(response: Response): UsageReceipt {
  const text = response.headers.get('x-usage-receipt') ?? ''
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as UsageReceipt
}

describe('an answered call', () => {
  test.each([
    ['7', 200, 'found', 'found', true],
    ['none', 200, 'not_found', 'nothing_found', false],
    ['break', 502, 'failed', 'upstream_failed', false],
    ['late', 504, 'failed', 'upstream_timeout', false],
  ])(
    'with %s is stored once, as it was told',
    async (no, status, resultClass, reason, billable) => {
      const at = city.clock.now()
      const response = await gateway.call({ no })
      expect(response.status).toBe(status)
      expect(response.headers.get('x-billed')).toBe(String(billable))
      expect(response.headers.get('x-billing-reason')).toBe(reason)
      expect(await eventsSince(at)).toEqual([
        {
          result_class: resultClass,
          reason,
          billable,
          http_status: status,
          attempts: 1,
          mode: 'live',
          event_id: response.headers.get('x-request-id'),
        },
      ])
    },
  )

  test('carries a receipt that the public keys verify, and no changed one', async () => {
    const responses = await Promise.all([
      gateway.call(),
      gateway.call(),
      gateway.call({ no: 'none' }),
    ])
    const published = (await (await gateway.app.request('/data/keys')).json()) as {
      keys: Parameters<typeof verifyReceipt>[0]
    }
    const receipts = responses.map(receiptOf)
    for (const receipt of receipts) expect(verifyReceipt(published.keys, receipt)).toBe(true)
    expect(receipts.map((receipt) => receipt.facts.billed)).toEqual([true, true, false])
    const [first] = receipts
    const forged = first && { ...first, facts: { ...first.facts, billed: false } }
    expect(forged && verifyReceipt(published.keys, forged)).toBe(false)
  })
})

describe('refusals are metered and never billed', () => {
  test.each<[string, () => Promise<Response>, number, string]>([
    [
      'parameters that are not declared',
      () => gateway.call({ body: '{"name":"x"}' }),
      422,
      'validation_failed',
    ],
    [
      'another product than the subscribed',
      () => gateway.call({ product: 'parking' }),
      403,
      'purpose_not_allowed',
    ],
    [
      'a body beyond the limit',
      () => gateway.call({ body: 'x'.repeat(1_048_577) }),
      413,
      'body_too_large',
    ],
  ])('%s', async (_name, call, status, reason) => {
    const at = city.clock.now()
    const response = await call()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ billed: false })
    expect(await eventsSince(at)).toMatchObject([
      { result_class: 'refused', reason, billable: false },
    ])
  })

  test.each([undefined, 'Bearer nonsense', `Bearer xn_live_${'0'.repeat(36)}`])(
    'without a valid key (%s) only a counter rises',
    async (authorization) => {
      const at = city.clock.now()
      const response = await gateway.app.request('/data/v1/housing-fund-credit/query', {
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      })
      expect(response.status).toBe(401)
      expect(await eventsSince(at)).toEqual([])
      const { attempts } = await database.db
        .selectFrom('metering.keyless_minute')
        .select((eb) => eb.fn.sum<string>('attempts').as('attempts'))
        .executeTakeFirstOrThrow()
      expect(Number(attempts)).toBeGreaterThan(0)
    },
  )

  test('a revoked key is refused within a second', async () => {
    const key = await insertKey(database, city, 'live')
    expect((await gateway.call({ key })).status).toBe(200)
    await database.ownerDb
      .updateTable('governance.api_key')
      .set({ revoked_by: 'test', revoked_at: city.clock.now() })
      .where('last_four', '=', key.slice(-4))
      .execute()
    const revokedAt = performance.now()
    let status = 200
    while (status === 200) {
      city.clock.advance(100)
      status = (await gateway.call({ key })).status
    }
    expect(status).toBe(401)
    expect(performance.now() - revokedAt).toBeLessThan(1_100)
  })

  test('a network that is not registered', async () => {
    await terms({ networks: ['10.1.0.0/16'] })
    expect((await gateway.call()).status).toBe(403)
    await terms({ networks: ['127.0.0.0/8'] })
    expect((await gateway.call()).status).toBe(200)
  })
})

describe('limits hold exactly under 100 concurrent callers', () => {
  const statuses = async (count: number, no = '7') => {
    const responses = await Promise.all(Array.from({ length: count }, () => gateway.call({ no })))
    return Map.groupBy(responses, (response) => response.status)
  }

  test('rate: 60 of 100 in a second, and the 40 refused are one event', async () => {
    await terms({ callsPerSecondMax: 60 })
    const at = city.clock.now()
    const answered = await statuses(100)
    expect([answered.get(200)?.length, answered.get(429)?.length]).toEqual([60, 40])
    city.clock.advance(4_000)
    await expect
      .poll(
        async () => (await eventsSince(at)).filter((event) => event.reason === 'rate_limited'),
        { timeout: 5_000 },
      )
      .toMatchObject([{ attempts: 40, result_class: 'refused', billable: false }])
    await terms({})
  })

  test('calls a day: 30 of 100, then none', async () => {
    await terms({ callsPerDayMax: '30' })
    city.clock.advance(86_400_000)
    const answered = await statuses(100)
    expect([answered.get(200)?.length, answered.get(429)?.length]).toEqual([30, 70])
    const refused = answered.get(429)?.[0]
    expect(await refused?.json()).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      facts: { window: 'day' },
    })
    city.clock.advance(1_000)
    expect((await gateway.call()).status).toBe(429)
    await terms({})
  })

  test('a failed call gives its count back', async () => {
    await terms({ callsPerMonthMax: '5' })
    city.clock.advance(31 * 86_400_000)
    expect((await statuses(20, 'break')).get(502)?.length).toBeGreaterThan(0)
    city.clock.advance(1_000)
    expect((await statuses(6)).get(200)?.length).toBe(5)
    await terms({})
  })

  test('concurrency: 7 of 100 at a time', async () => {
    await terms({ concurrentCallsMax: 7 })
    const calls = Array.from({ length: 100 }, () => gateway.call({ no: 'wait' }))
    const first = await Promise.race(calls)
    expect(first.status).toBe(429)
    await expect.poll(provider.calls).toBeGreaterThan(6)
    await new Promise((resolve) => setTimeout(resolve, 100))
    provider.release()
    const answered = Map.groupBy(await Promise.all(calls), (response) => response.status)
    expect([answered.get(200)?.length, answered.get(429)?.length]).toEqual([7, 93])
    await terms({})
  })
})

test('a caller who is gone when the answer is ready: the event is durable and charged', async () => {
  const at = city.clock.now()
  const before = provider.calls()
  const served = await serveGateway(gateway)
  const caller = new AbortController()
  const answer = fetch(`${served.origin}/data/v1/housing-fund-credit/query`, {
    method: 'POST',
    body: JSON.stringify({ no: 'wait' }),
    headers: { authorization: `Bearer ${city.liveKey}`, 'content-type': 'application/json' },
    signal: caller.signal,
  })
  await expect.poll(provider.calls).toBe(before + 1)
  caller.abort()
  await expect(answer).rejects.toThrow('aborted')
  provider.release()
  await expect
    .poll(async () => eventsSince(at), { timeout: 10_000 })
    .toMatchObject([{ result_class: 'found', billable: true }])
  await served.close()
})

test('what it counts of its providers is told to whoever has the token', async () => {
  expect((await gateway.app.request('/metrics')).status).toBe(404)
  const headers = { authorization: 'Bearer of-this-test-and-no-other' }
  const answer = await gateway.app.request('/metrics', { headers })
  expect(await answer.text()).toContain('gateway_deliveries_open 0')
})

test('a sandbox key is answered from sample rows, never by the provider, and never billed', async () => {
  const at = city.clock.now()
  const before = provider.calls()
  const found = await gateway.call({ key: city.sandboxKey })
  expect(await found.json()).toMatchObject({ data: { band: expect.stringMatching(/^[AB]$/) } })
  const asked = { key: city.sandboxKey, headers: { 'x-sandbox-outcome': 'upstream_timeout' } }
  expect((await gateway.call(asked)).status).toBe(504)
  expect(provider.calls()).toBe(before)
  const events = await eventsSince(at)
  expect(
    events.map(({ mode, billable, reason }) => `${mode} ${billable} ${reason}`).sort(),
  ).toEqual(['sandbox false sandbox', 'sandbox false upstream_timeout'])
})
