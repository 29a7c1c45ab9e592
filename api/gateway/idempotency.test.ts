import { beforeEach, expect, test } from 'vitest'
import { useGateway } from '#tests/builders/use-gateway.ts'

const { redis, provider, city, gateway } = useGateway()
let keys = 0

beforeEach(() => {
  keys += 1
  city.clock.advance(2_000)
})

const call = (no = '7') => gateway.call({ no, headers: { 'idempotency-key': `order-${keys}` } })

/** What a caller sees of an answer: status, whether it was charged, why. */
const seen = (response: Response) => [
  response.status,
  response.headers.get('x-billed'),
  response.headers.get('x-billing-reason'),
]
const repeated = [200, 'false', 'repeated']
const charged = [200, 'true', 'found']

test('a repeat within the window is delivered, free, and names the first', async () => {
  const first = await call()
  expect(seen(first)).toEqual(charged)
  const second = await call()
  expect(seen(second)).toEqual(repeated)
  expect(second.headers.get('x-repeats')).toBe(first.headers.get('x-request-id'))
})

test('it is known for ever: PostgreSQL remembers what Redis has forgotten', async () => {
  const first = await call()
  await gateway.settle()
  await redis.client.flushdb()
  await gateway.recorder.untilLimitsHold()
  const second = await call()
  expect(seen(second)).toEqual(repeated)
  expect(second.headers.get('x-repeats')).toBe(first.headers.get('x-request-id'))
  expect(seen(await call())).toEqual(repeated)
})

test('with another body it conflicts, whether Redis knows the first or only PostgreSQL', async () => {
  await call('7')
  expect(seen(await call('8'))).toEqual([409, 'false', 'idempotency_body_conflict'])
  await gateway.settle()
  await redis.client.flushdb()
  await gateway.recorder.untilLimitsHold()
  expect(seen(await call('8'))).toEqual([409, 'false', 'idempotency_body_conflict'])
})

test('after the window it is refused, at its very end it is not', async () => {
  expect(seen(await call())).toEqual(charged)
  city.clock.advance(24 * 3_600_000)
  expect(seen(await call())).toEqual(repeated)
  city.clock.advance(1)
  expect(seen(await call())).toEqual([409, 'false', 'idempotency_key_too_old'])
})

test.each([
  ['break', 502, 'upstream_failed'],
  ['none', 200, 'nothing_found'],
])('a first call that is not billable (%s) frees its key', async (no, status, reason) => {
  expect(seen(await call(no))).toEqual([status, 'false', reason])
  expect(seen(await call('7'))).toEqual(charged)
})

test('while the first is in flight others are refused, and 50 at once are charged once', async () => {
  const before = provider.calls()
  const calls = Array.from({ length: 50 }, () => call('wait'))
  await Promise.race(calls)
  await expect.poll(() => provider.calls()).toBeGreaterThan(before)
  // Whoever comes after the first has ended is delivered again, and waits as the first did.
  const ticker = setInterval(provider.release, 10)
  const answers = (await Promise.all(calls)).map(seen)
  clearInterval(ticker)
  expect(answers.filter(([, billed]) => billed === 'true')).toEqual([charged])
  const inFlight = [409, 'false', 'idempotency_in_flight']
  const tooMany = [429, 'false', 'concurrency_exceeded']
  for (const answer of answers)
    expect([charged, repeated, inFlight, tooMany]).toContainEqual(answer)
})
