import { beforeEach, expect, test } from 'vitest'
import { type UsageReceipt, verifyReceipt } from '#metering/index.ts'
import { type CallOptions, forgetCounts } from '#tests/builders/gateway.ts'
import { sampleTerms } from '#tests/builders/market.ts'
import { useGateway } from '#tests/builders/use-gateway.ts'

const { redis, provider, city, gateway, agreeOn } = useGateway()

const terms = {
  ...sampleTerms,
  callsPerDayMax: '1000',
  callsPerMonthMax: '5000',
  callsPerSecondMax: 20,
  concurrentCallsMax: 8,
}

beforeEach(async () => {
  city.clock.advance(2_000)
  await forgetCounts(redis.client)
  await setTerms({})
})

const setTerms = (more: object): Promise<void> => agreeOn({ ...terms, ...more })

async function receiptOf(response: Response): Promise<UsageReceipt> {
  const text = response.headers.get('x-usage-receipt') ?? ''
  const receipt = JSON.parse(Buffer.from(text, 'base64url').toString()) as UsageReceipt
  const keys = (await (await gateway.app.request('/data/keys')).json()) as {
    keys: Parameters<typeof verifyReceipt>[0]
  }
  expect(verifyReceipt(keys.keys, receipt)).toBe(true)
  return receipt
}

const sandbox = (no: string): (() => CallOptions) => {
  return () => ({ key: city.sandboxKey, no })
}
const policy = '"second";q=20;w=1, "day";q=1000;w=86400, "month";q=5000;w=2592000'
const livePolicy = `${policy}, "concurrency";q=8;qu="concurrent-requests"`
const sandboxPolicy =
  '"second";q=10;w=1, "day";q=5000;w=86400, "concurrency";q=5;qu="concurrent-requests"'

type Row = Readonly<{
  what: string
  options: () => CallOptions
  status: number
  reason: string
  billed?: true
  /** Whether a price was in force for it. */
  priced?: true
  policy?: string
  retryAfter?: string
}>

const rows: readonly Row[] = [
  {
    what: 'found',
    options: () => ({}),
    status: 200,
    reason: 'found',
    billed: true,
    priced: true,
    policy: livePolicy,
  },
  {
    what: 'not found',
    options: () => ({ no: 'none' }),
    status: 200,
    reason: 'nothing_found',
    priced: true,
    policy: livePolicy,
  },
  {
    what: 'failed',
    options: () => ({ no: 'break' }),
    status: 502,
    reason: 'upstream_failed',
    priced: true,
    policy: livePolicy,
  },
  {
    what: 'timed out',
    options: () => ({ no: 'late' }),
    status: 504,
    reason: 'upstream_timeout',
    priced: true,
    policy: livePolicy,
  },
  {
    what: 'invalid',
    options: () => ({ body: '{"name":"x"}' }),
    status: 422,
    reason: 'validation_failed',
    priced: true,
    policy: livePolicy,
  },
  {
    what: 'another product',
    options: () => ({ product: 'parking' }),
    status: 403,
    reason: 'purpose_not_allowed',
  },
  {
    what: 'too large',
    options: () => ({ body: 'x'.repeat(1_048_577) }),
    status: 413,
    reason: 'body_too_large',
  },
  {
    what: 'a live key that asks the sandbox for an outcome',
    options: () => ({ headers: { 'x-sandbox-outcome': 'found' } }),
    status: 403,
    reason: 'key_wrong_mode',
  },
  {
    what: 'the sandbox, found',
    options: sandbox('7'),
    status: 200,
    reason: 'sandbox',
    policy: sandboxPolicy,
  },
  {
    what: 'the sandbox, not found',
    options: sandbox('0000'),
    status: 200,
    reason: 'sandbox',
    policy: sandboxPolicy,
  },
  {
    what: 'the sandbox, failed',
    options: sandbox('8888'),
    status: 502,
    reason: 'upstream_failed',
    policy: sandboxPolicy,
  },
  {
    what: 'the sandbox, timed out',
    options: sandbox('9999'),
    status: 504,
    reason: 'upstream_timeout',
    policy: sandboxPolicy,
  },
  {
    what: 'the sandbox, rate limited',
    options: sandbox('7777'),
    status: 429,
    reason: 'rate_limited',
    policy: sandboxPolicy,
    retryAfter: '1',
  },
]

test.each(rows)('$what: every header says what was recorded', async (row) => {
  const response = await gateway.call(row.options())
  const header = (name: string) => response.headers.get(name)
  expect(response.status).toBe(row.status)
  expect(header('x-billed')).toBe(String(row.billed === true))
  expect(header('x-billing-reason')).toBe(row.reason)
  expect(header('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  expect(header('x-price-version') ?? '').toMatch(row.priced ? /^posted_[0-9a-z]{20}$/ : /^$/)
  expect(header('ratelimit-policy')).toBe(row.policy ?? null)
  expect(header('ratelimit') === null).toBe(row.policy === undefined)
  expect(header('retry-after')).toBe(row.retryAfter ?? null)
  expect(header('cache-control')).toBe('no-store')
  const { facts } = await receiptOf(response)
  expect([facts.eventId, facts.billed]).toEqual([header('x-request-id'), row.billed === true])
  if (row.status < 400) return
  expect(header('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({
    status: row.status,
    billed: false,
    request_id: header('x-request-id'),
    code: row.reason.toUpperCase(),
  })
})

test('a repeat says what it repeats, and costs nothing', async () => {
  const again = { headers: { 'idempotency-key': 'k-1' } }
  const first = await gateway.call(again)
  const second = await gateway.call(again)
  expect(second.headers.get('x-billing-reason')).toBe('repeated')
  expect(second.headers.get('x-billed')).toBe('false')
  expect(second.headers.get('x-repeats')).toBe(first.headers.get('x-request-id'))
})

test('what is left goes down call by call, and renews with the business day and month', async () => {
  // Noon of 10 June in Beijing: twelve hours to midnight, 20.5 days to July.
  city.clock.set(new Date('2026-06-10T04:00:00Z'))
  const left = async () => (await gateway.call()).headers.get('ratelimit')
  expect(await left()).toBe(`"day";r=999;t=43200, "month";r=4999;t=1771200`)
  expect(await left()).toBe(`"day";r=998;t=43200, "month";r=4998;t=1771200`)
})

test('a call that failed uses up nothing of what is left', async () => {
  city.clock.set(new Date('2026-06-10T04:00:00Z'))
  const failed = await gateway.call({ no: 'break' })
  expect(failed.headers.get('ratelimit')).toBe(`"day";r=1000;t=43200, "month";r=5000;t=1771200`)
  const found = await gateway.call()
  expect(found.headers.get('ratelimit')).toBe(`"day";r=999;t=43200, "month";r=4999;t=1771200`)
})

test.each([
  ['day', { callsPerDayMax: '1' }, '43200', '"day";r=0;t=43200'],
  ['month', { callsPerMonthMax: '1' }, '1771200', '"month";r=0;t=1771200'],
])(
  'beyond the calls of a %s it is told when to come again',
  async (window, more, seconds, left) => {
    city.clock.set(new Date('2026-06-10T04:00:00Z'))
    await setTerms(more)
    expect((await gateway.call()).status).toBe(200)
    const refused = await gateway.call()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe(seconds)
    expect(refused.headers.get('ratelimit')).toBe(left)
    expect((await receiptOf(refused)).facts.billed).toBe(false)
    expect(await refused.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', facts: { window } })
  },
)

test('refusals that are counted together have no receipt of their own, and say all else', async () => {
  await setTerms({ callsPerSecondMax: 1 })
  const [first, second] = [await gateway.call(), await gateway.call()]
  expect([first.status, second.status]).toEqual([200, 429])
  const told = Object.fromEntries(
    ['x-billed', 'x-billing-reason', 'retry-after', 'ratelimit', 'x-usage-receipt'].map((name) => [
      name,
      second.headers.get(name),
    ]),
  )
  expect(told).toEqual({
    'x-billed': 'false',
    'x-billing-reason': 'rate_limited',
    'retry-after': '1',
    ratelimit: '"second";r=0;t=1',
    'x-usage-receipt': null,
  })
  await setTerms({ concurrentCallsMax: 1 })
  city.clock.advance(1_000)
  const calls = provider.calls()
  const waiting = gateway.call({ no: 'wait' })
  await expect.poll(provider.calls).toBe(calls + 1)
  const third = await gateway.call()
  expect(third.headers.get('x-billing-reason')).toBe('concurrency_exceeded')
  expect(third.headers.get('ratelimit')).toBe('"concurrency";r=0')
  expect(third.headers.get('retry-after')).toBe('1')
  provider.release()
  expect((await waiting).status).toBe(200)
})

test('without a key nothing is metered, and it says so', async () => {
  const response = await gateway.app.request('/data/v1/housing-fund-credit/query')
  expect(response.status).toBe(401)
  expect(response.headers.get('x-billed')).toBe('false')
  expect(response.headers.get('x-request-id')).not.toBeNull()
  expect(response.headers.get('x-usage-receipt')).toBeNull()
  expect(await response.json()).toMatchObject({ billed: false, code: 'UNAUTHENTICATED' })
})
