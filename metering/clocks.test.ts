import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { admissionOf, sampleEvent, ticketOf } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import {
  shardOf,
  startUsageRecorder,
  startUsageWriter,
  usageWatermark,
  type UsageEvent,
  type UsageRecorder,
  type UsageWriter,
} from './index.ts'

const database = useDatabase()
const redis = useRedisServer()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const noon = new Date('2026-06-15T04:00:00Z')
const hourMs = 3_600_000
const ignore = (): void => undefined

/** The gateway's and the writer's: two machines, of which one may be wrong. */
let clock: MovableClock
let writerClock: MovableClock
let recorder: UsageRecorder
let writer: UsageWriter
let pool: ReturnType<typeof openPool>

const startWriter = () =>
  startUsageWriter({ pool, redis: redis.options, clock: writerClock, onError: ignore })

beforeEach(async () => {
  redis.wipe()
  await redis.kill()
  await redis.restart()
  clock = movableClock(noon)
  writerClock = movableClock(noon)
  pool = openPool({ connectionString: database.url, poolSize: 6 })
  recorder = await startUsageRecorder({
    ...{ redis: redis.options, db: database.db, clock, keys, onError: ignore },
    timers: false,
  })
  writer = startWriter()
  await recorder.untilLimitsHold()
})
afterEach(async () => {
  await recorder.close(100)
  await writer.stop()
  await pool.end()
})

const eventNow = (): UsageEvent => sampleEvent({ occurredAtMs: clock.now().getTime() })

const admit = (event: UsageEvent, callsPerSecond: number | null = null) =>
  recorder.admit(admissionOf(event, { callsPerSecond }))

async function recordCall(): Promise<void> {
  const event = eventNow()
  await recorder.record(event, ticketOf(await admit(event)))
}

async function openShards(): Promise<number> {
  const rows = await database.db
    .selectFrom('metering.boot_progress')
    .select('shard')
    .where('finished_at', 'is', null)
    .execute()
  return rows.length
}

/** Heartbeats as the timers would send them, for longer than a writer needs to be sure of a silence. */
async function liveOn(): Promise<void> {
  const until = performance.now() + 4_500
  while (performance.now() < until) {
    await recorder.heartbeat()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('a gateway whose clock is set back an hour, and a writer whose clock is set forward, end no boot that lives', async () => {
  await recordCall()
  clock.advance(-hourMs)
  writerClock.advance(hourMs)
  await liveOn()
  expect(await openShards()).toBe(4)
})

test('the watermark never passes the time of the writer, whatever a gateway takes for now', async () => {
  clock.advance(hourMs)
  await recordCall()
  writerClock.advance(1_000)
  await expect
    .poll(
      async () => {
        await recorder.heartbeat()
        return usageWatermark(database.db)
      },
      { timeout: 10_000 },
    )
    .toEqual(writerClock.now())
})

test('a gateway that stood still until it was taken for ended is open again with its next call', async () => {
  await recordCall()
  await expect.poll(() => recorder.forgetCommitted(), { timeout: 10_000 }).toBe(0)
  writerClock.advance(60_000)
  await expect.poll(openShards, { timeout: 15_000 }).toBe(0)
  await recordCall()
  await expect.poll(openShards, { timeout: 10_000 }).toBe(1)
  const boot = await database.db
    .selectFrom('metering.gateway_boot')
    .select('finished_at')
    .executeTakeFirstOrThrow()
  expect(boot.finished_at).toBeNull()
})

test('a gap during which the clock was set back is written down with all its attempts', async () => {
  await redis.kill()
  for (let attempt = 0; attempt < 3; attempt++)
    await expect(admit(eventNow())).rejects.toThrow('cannot be recorded')
  clock.advance(-hourMs)
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(admit(eventNow())).rejects.toThrow('cannot be recorded')
  await redis.restart()
  await expect
    .poll(
      async () => {
        await recorder.forgetCommitted()
        return database.db
          .selectFrom('metering.gap_record')
          .select(['shard', 'attempts', 'started_at', 'ended_at'])
          .execute()
      },
      { timeout: 10_000 },
    )
    .toEqual([
      {
        ...{ shard: shardOf('org_buyer'), attempts: 5n },
        ...{ started_at: new Date(noon.getTime() - hourMs), ended_at: noon },
      },
    ])
})

async function refuse(count: number): Promise<void> {
  for (let call = 0; call < count; call++)
    expect(await admit(eventNow(), 0)).toMatchObject({ kind: 'refused', reason: 'rate' })
}

const storedRefusals = () =>
  database.db
    .selectFrom('metering.usage_event')
    .select(['attempts', 'occurred_at'])
    .where('result_class', '=', 'refused')
    .orderBy('attempts')
    .execute()

test('refusals are kept for an emptied Redis while the clock of the writer is an hour ahead', async () => {
  writerClock.advance(hourMs)
  await refuse(5)
  await expect
    .poll(async () => (await storedRefusals()).map(({ attempts }) => attempts), { timeout: 10_000 })
    .toEqual([5])
  await writer.stop()
  await refuse(20)
  await recorder.forgetCommitted()
  const client = new Redis(redis.options)
  await client.flushall()
  client.disconnect()
  writer = startWriter()
  await recorder.untilLimitsHold()
  await expect
    .poll(async () => (await storedRefusals()).map(({ attempts }) => attempts), { timeout: 10_000 })
    .toEqual([5, 20])
})

test('a second that is still to come by the clock of the writer has its refusals stored at once', async () => {
  clock.advance(hourMs)
  await refuse(3)
  await expect
    .poll(storedRefusals, { timeout: 10_000 })
    .toEqual([{ attempts: 3, occurred_at: new Date(noon.getTime() + hourMs) }])
})
