import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { admissionOf, sampleEvent, ticketOf } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  type Admission,
  listShardStates,
  proveRollUps,
  shardOf,
  startUsageRecorder,
  startUsageWriter,
  streamKey,
  type UsageEvent,
  type UsageLimits,
  type UsageRecorder,
  usageWatermark,
  type UsageWriter,
  verifyReceipt,
} from './index.ts'

const database = useDatabase()
const redis = useRedis()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const noon = new Date('2026-06-15T04:00:00Z')
const ignore = (): void => undefined

let clock: MovableClock
let recorder: UsageRecorder
let writer: UsageWriter
let pool: ReturnType<typeof openPool>

beforeEach(async () => {
  clock = movableClock(noon)
  pool = openPool({ connectionString: database.url, poolSize: 6 })
  recorder = await startUsageRecorder({
    redis: redis.options,
    db: database.db,
    clock,
    keys,
    onError: ignore,
    timers: false,
  })
  writer = startUsageWriter({ pool, redis: redis.options, clock, onError: ignore })
  await recorder.untilLimitsHold()
})
afterEach(async () => {
  await recorder.close(100)
  await writer.stop()
  await pool.end()
})

function eventOf(facts: Partial<UsageEvent> = {}): UsageEvent {
  return sampleEvent({ occurredAtMs: clock.now().getTime(), ...facts })
}

function admit(event: UsageEvent, limits: Partial<UsageLimits> = {}): Promise<Admission> {
  return recorder.admit(admissionOf(event, limits))
}

async function storedEvents() {
  return database.db.selectFrom('metering.usage_event').selectAll().orderBy('event_id').execute()
}

async function stored(count: number) {
  await vi.waitFor(async () => expect(await storedEvents()).toHaveLength(count), 10_000)
  return storedEvents()
}

test('a recorded call is stored once, rolled up, receipted, and then forgotten by the gateway', async () => {
  const event = eventOf()
  const receipt = await recorder.record(event, ticketOf(await admit(event)))
  expect(verifyReceipt(keys.publicKeys(), receipt)).toBe(true)
  const changed = { ...receipt, facts: { ...receipt.facts, billed: false } }
  expect(verifyReceipt(keys.publicKeys(), changed)).toBe(false)
  const [row] = await stored(1)
  expect(row).toMatchObject({ event_id: event.eventId, billable: true, boot_sequence: 1n })
  await vi.waitFor(async () => expect(await recorder.forgetCommitted()).toBe(0))
  const proof = await proveRollUps(database.db, { from: noon, to: new Date('2026-06-16') })
  expect(proof).toMatchObject({ events: 1n, holds: true })
})

test('calls that cannot be given a receipt leave no number out: those after them are committed', async () => {
  let canSign = false
  const sign: typeof keys.sign = (...what) => {
    if (!canSign) throw new Error('no key')
    return keys.sign(...what)
  }
  const other = await startUsageRecorder({
    ...{ redis: redis.options, db: database.db, clock, onError: ignore, timers: false },
    keys: { sign },
  })
  await expect(other.record(eventOf(), null)).rejects.toThrow('no key')
  canSign = true
  const event = eventOf()
  await other.record(event, null)
  const [row] = await stored(1)
  expect(row).toMatchObject({ event_id: event.eventId, boot_sequence: 1n })
  await vi.waitFor(async () => expect(await other.forgetCommitted()).toBe(0), 5_000)
  await other.close(100)
})

test('the same entries delivered again, in another order, change no total', async () => {
  const events = Array.from({ length: 50 }, () => eventOf())
  const entry = (some: readonly UsageEvent[], from: number) =>
    redis.client.xadd(
      streamKey(shardOf('org_buyer')),
      '*',
      ...['b', recorder.bootId, 's', String(from), 'n', String(some.length)],
      ...['c', String(noon.getTime()), 'a', String(noon.getTime()), 'e', JSON.stringify(some)],
    )
  await entry(events, 1)
  await stored(50)
  const before = await database.db.selectFrom('metering.usage_hour').selectAll().execute()
  await entry(events.toReversed(), 1)
  await entry(events.slice(10, 20), 11)
  const last = eventOf({ reason: 'last' })
  await entry([last, last], 51)
  await stored(51)
  const after = await database.db.selectFrom('metering.usage_hour').selectAll().execute()
  expect(after.filter((row) => row.reason !== 'last')).toEqual(before)
  expect(after.find((row) => row.reason === 'last')).toMatchObject({ events: 1n, attempts: 1n })
})

describe('a limit is exact at its number and one above, with 100 callers at once', () => {
  test.each([
    ['callsPerSecond', 'rate'],
    ['concurrentCalls', 'concurrency'],
    ['callsPerDay', 'day'],
    ['callsPerMonth', 'month'],
  ] as const)('%s', async (limit, reason) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => admit(eventOf(), { [limit]: 37 })),
    )
    expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(37)
    const refused = answers.filter((answer) => answer.kind === 'refused')
    expect(new Set(refused.map((answer) => answer.reason))).toEqual(new Set([reason]))
  })
})

test('rate refusals of a second become one event with their count, however often the writer looks', async () => {
  await Promise.all(Array.from({ length: 30 }, () => admit(eventOf(), { callsPerSecond: 10 })))
  clock.advance(5_000)
  const [row] = await stored(1)
  expect(row).toMatchObject({
    result_class: 'refused',
    reason: 'rate_limited',
    attempts: 20,
    billable: false,
    occurred_at: noon,
  })
})

test('a failed call gives its quota back once, a delivered one keeps it', async () => {
  const limits = { callsPerDay: 2, concurrentCalls: 5 }
  const failing = eventOf()
  const ticket = ticketOf(await admit(failing, limits))
  const failed = { resultClass: 'failed', reason: 'upstream_failed', billable: false } as const
  await recorder.record({ ...failing, ...failed }, ticket)
  const kept = [eventOf(), eventOf()]
  for (const event of kept) await recorder.record(event, ticketOf(await admit(event, limits)))
  expect(await admit(eventOf(), limits)).toMatchObject({ kind: 'refused', reason: 'day' })
})

describe('an Idempotency-Key', () => {
  const keyed = (facts: Partial<UsageEvent> = {}) =>
    eventOf({ idempotencyKey: 'order-1', requestDigest: 'digest-a', ...facts })

  test('is in flight while its first call is, and in conflict with another body', async () => {
    await admit(keyed())
    expect(await admit(keyed())).toMatchObject({ kind: 'refused', reason: 'in_flight' })
    expect(await admit(keyed({ requestDigest: 'digest-b' }))).toMatchObject({ reason: 'conflict' })
  })

  test('is held by a billable first call: later ones are its repeats', async () => {
    const first = keyed()
    await recorder.record(first, ticketOf(await admit(first)))
    expect(await admit(keyed())).toMatchObject({
      kind: 'repeat',
      firstEventId: first.eventId,
      firstAtMs: first.occurredAtMs,
    })
    expect(await admit(keyed({ requestDigest: 'digest-b' }))).toMatchObject({ reason: 'conflict' })
    await stored(1)
    expect(await recorder.idempotencyHolder('org_buyer', 'order-1')).toMatchObject({
      eventId: first.eventId,
    })
  })

  test('is freed by a failed first call', async () => {
    const first = keyed()
    const ticket = ticketOf(await admit(first))
    const failed = { resultClass: 'failed', reason: 'upstream_failed', billable: false } as const
    await recorder.record({ ...first, ...failed }, ticket)
    expect(await admit(keyed())).toMatchObject({ kind: 'admitted', claimed: true })
  })

  test('never pays twice, even where Redis forgot it', async () => {
    const first = keyed()
    const second = keyed()
    await recorder.record(first, ticketOf(await admit(first)))
    await stored(1)
    await redis.client.del('idempotency:{' + String(shardOf('org_buyer')) + '}:org_buyer:order-1')
    await recorder.record(second, ticketOf(await admit(second)))
    const rows = await stored(2)
    expect(rows.filter((row) => row.billable)).toHaveLength(1)
    expect(rows.find((row) => row.event_id === second.eventId)).toMatchObject({
      result_class: 'repeated',
      repeats_event_id: first.eventId,
    })
  })
})

test('what cannot be read is parked with its reason, and the rest of the entry is stored', async () => {
  const good = eventOf()
  const wrong = { ...eventOf(), records: -1 }
  const charged = { ...eventOf(), purposeClass: 'public_interest' as const }
  await redis.client.xadd(
    streamKey(shardOf('org_buyer')),
    '*',
    ...['b', recorder.bootId, 's', '1', 'n', '3', 'c', '0', 'a', '0'],
    ...['e', JSON.stringify([wrong, good, charged])],
  )
  await redis.client.xadd(streamKey(shardOf('org_buyer')), '*', 'not', 'ours')
  await stored(1)
  await vi.waitFor(async () => {
    const parked = await database.db
      .selectFrom('metering.parked_entry')
      .select(['position', 'buyer_id', 'reason'])
      .orderBy('id')
      .execute()
    expect(parked).toMatchObject([
      { position: 0, buyer_id: 'org_buyer' },
      { position: 2, buyer_id: 'org_buyer', reason: 'nothing may charge this call' },
      { position: 0, buyer_id: null, reason: 'not a stream entry of ours' },
    ])
  })
})

test('the watermark waits for calls under way and for silent boots, and then passes', async () => {
  const slow = eventOf()
  const ticket = ticketOf(await admit(slow))
  clock.advance(10_000)
  await recorder.heartbeat()
  await vi.waitFor(async () => expect(await usageWatermark(database.db)).toEqual(noon))
  await recorder.record(slow, ticket)
  await recorder.heartbeat()
  const later = new Date(noon.getTime() + 10_000)
  await vi.waitFor(async () => expect(await usageWatermark(database.db)).toEqual(later))
  // The boot says nothing more: after thirty seconds of a drained stream it is finished.
  clock.advance(40_000)
  await vi.waitFor(
    async () => expect(await usageWatermark(database.db)).toEqual(clock.now()),
    5_000,
  )
  const late = eventOf({ occurredAtMs: noon.getTime() + 1 })
  await recorder.record(late, null)
  await stored(2)
  expect((await listShardStates(database.db)).map((shard) => shard.parkedEntries)).toEqual([
    0, 0, 0, 0,
  ])
})
