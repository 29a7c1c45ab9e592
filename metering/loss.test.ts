import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { admissionOf, sampleEvent, ticketOf } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  type Admission,
  refusalsKey,
  shardOf,
  startUsageRecorder,
  startUsageWriter,
  streamKey,
  takenRefusalsKey,
  type UsageEvent,
  type UsageLimits,
  type UsageRecorder,
  type UsageWriter,
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

const startRecorder = () =>
  startUsageRecorder({
    ...{ redis: redis.options, db: database.db, clock, keys, onError: ignore },
    timers: false,
  })
const startWriter = () => startUsageWriter({ pool, redis: redis.options, clock, onError: ignore })

beforeEach(async () => {
  clock = movableClock(noon)
  pool = openPool({ connectionString: database.url, poolSize: 6 })
  recorder = await startRecorder()
  writer = startWriter()
  await recorder.untilLimitsHold()
})
afterEach(async () => {
  await recorder.close(100)
  await writer.stop()
  await pool.end()
})

const eventNow = (facts: Partial<UsageEvent> = {}): UsageEvent =>
  sampleEvent({ occurredAtMs: clock.now().getTime(), ...facts })

function admit(event: UsageEvent, limits: Partial<UsageLimits> = {}): Promise<Admission> {
  return recorder.admit(admissionOf(event, limits))
}

async function recordCalls(count: number, limits: Partial<UsageLimits> = {}): Promise<string[]> {
  const ids: string[] = []
  for (let call = 0; call < count; call++) {
    const event = eventNow()
    await recorder.record(event, ticketOf(await admit(event, limits)))
    ids.push(event.eventId)
  }
  return ids
}

/** Thirty calls in one second, of which ten may pass. */
async function refuseTwenty(): Promise<void> {
  const events = Array.from({ length: 30 }, () => eventNow())
  const answers = await Promise.all(events.map((event) => admit(event, { callsPerSecond: 10 })))
  for (const [index, answer] of answers.entries())
    if (answer.kind === 'admitted')
      await recorder.record(events[index] ?? eventNow(), answer.ticket)
}

async function storedIds(): Promise<string[]> {
  const rows = await database.db.selectFrom('metering.usage_event').select('event_id').execute()
  return rows.map((row) => row.event_id)
}

/** Lets the recorder do what its timers would do, until the expectation is met. */
async function eventually(expectation: () => Promise<void>): Promise<void> {
  await vi.waitFor(
    async () => {
      await recorder.heartbeat()
      await recorder.forgetCommitted()
      await expectation()
    },
    { timeout: 20_000, interval: 50 },
  )
}

test('what an emptied Redis forgot is sent again, once, and a quota goes on where it was', async () => {
  const limits = { callsPerDay: 30, callsPerMonth: 30 }
  const before = await recordCalls(5, limits)
  await eventually(async () => expect(await storedIds()).toHaveLength(5))
  await writer.stop()
  const lost = await recordCalls(15, limits)
  await redis.client.flushdb()
  writer = startWriter()
  expect(await admit(eventNow(), limits)).toMatchObject({ kind: 'refused', reason: 'no_epoch' })
  await recorder.untilLimitsHold()
  await eventually(async () =>
    expect((await storedIds()).toSorted()).toEqual([...before, ...lost].toSorted()),
  )
  const answers = await Promise.all(Array.from({ length: 40 }, () => admit(eventNow(), limits)))
  expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(10)
})

test('while counters are made good a call without limits goes on, and a call from before is waited for', async () => {
  const limits = { callsPerDay: 3 }
  const slow = eventNow()
  const ticket = ticketOf(await admit(slow, limits))
  await redis.client.flushdb()
  await recorder.heartbeat()
  const free = eventNow({ subscriptionId: 'sub_of_another' })
  await recorder.record(free, ticketOf(await admit(free)))
  // As long as it is under way nobody knows whether it will count.
  for (let beat = 0; beat < 20; beat++) {
    await recorder.heartbeat()
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect(recorder.limitsHold).toBe(false)
  await recorder.record(slow, ticket)
  await recorder.untilLimitsHold()
  const answers = await Promise.all(Array.from({ length: 10 }, () => admit(eventNow(), limits)))
  expect(answers.filter((answer) => answer.kind === 'admitted')).toHaveLength(2)
})

test('refusals that were counted in an emptied Redis become their one event all the same', async () => {
  await writer.stop()
  await refuseTwenty()
  await redis.client.flushdb()
  writer = startWriter()
  await recorder.untilLimitsHold()
  clock.advance(5_000)
  await eventually(async () => {
    const rows = await database.db
      .selectFrom('metering.usage_event')
      .select(['reason', 'attempts'])
      .where('result_class', '=', 'refused')
      .execute()
    expect(rows).toEqual([{ reason: 'rate_limited', attempts: 20 }])
  })
})

test('refusals that are events already are not counted again, though the gateway has not heard of it', async () => {
  const refused = () =>
    database.db
      .selectFrom('metering.usage_event')
      .select(['reason', 'attempts'])
      .where('result_class', '=', 'refused')
      .execute()
  const once = [{ reason: 'rate_limited', attempts: 20 }]
  await refuseTwenty()
  clock.advance(5_000)
  await expect.poll(refused, { timeout: 10_000 }).toEqual(once)
  await redis.client.flushdb()
  await recorder.heartbeat()
  await recorder.untilLimitsHold()
  // Whatever was counted again is an event when Redis has no count left.
  const shard = shardOf('org_buyer')
  const counts = async () =>
    (
      await Promise.all(
        [refusalsKey(shard), takenRefusalsKey(shard)].map((key) => redis.client.hkeys(key)),
      )
    )
      .flat()
      .filter((field) => field.includes('|'))
  await expect.poll(counts, { timeout: 10_000 }).toEqual([])
  expect(await refused()).toEqual(once)
})

test('a second that passes before they are counted again does not make a gateway forget its refusals', async () => {
  await refuseTwenty()
  await redis.client.flushdb()
  // The writer passes their second many times, and finds nothing there.
  for (let second = 0; second < 10; second++) {
    clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await recorder.forgetCommitted()
  await recorder.heartbeat()
  await recorder.untilLimitsHold()
  clock.advance(5_000)
  await expect
    .poll(
      () =>
        database.db
          .selectFrom('metering.usage_event')
          .select(['reason', 'attempts'])
          .where('result_class', '=', 'refused')
          .execute(),
      { timeout: 10_000 },
    )
    .toEqual([{ reason: 'rate_limited', attempts: 20 }])
})

test('an entry that vanished from the stream alone is missed by the writer and sent again', async () => {
  await writer.stop()
  const ids = await recordCalls(3)
  const key = streamKey(shardOf('org_buyer'))
  const entries = await redis.client.xrange(key, '-', '+')
  const [second] = entries.filter(([, fields]) => fields.join().includes(ids[1] ?? 'none'))
  await redis.client.xdel(key, second?.[0] ?? '0-0')
  clock.advance(6_000)
  writer = startWriter()
  await eventually(async () => expect((await storedIds()).toSorted()).toEqual(ids.toSorted()))
  await eventually(async () => expect(await recorder.forgetCommitted()).toBe(0))
})

test('a gateway that is lost together with Redis leaves a gap record within its bound', async () => {
  await writer.stop()
  await recordCalls(7)
  await recorder.forgetCommitted() // the timer notes how far it has answered
  await recordCalls(2)
  const gone = recorder
  await redis.client.flushdb()
  recorder = await startRecorder()
  writer = startWriter()
  clock.advance(60_000)
  await eventually(async () => {
    const gaps = await database.db
      .selectFrom('metering.gap_record')
      .select(['boot_id', 'reason', 'attempts', 'attempts_max'])
      .where('shard', '=', shardOf('org_buyer'))
      .execute()
    expect(gaps).toEqual([
      {
        boot_id: gone.bootId,
        ...{ reason: 'gateway_and_store_lost', attempts: 7n, attempts_max: 50_000n },
      },
    ])
  })
  await recorder.untilLimitsHold()
  gone.connection.disconnect()
})
