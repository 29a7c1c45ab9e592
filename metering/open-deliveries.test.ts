import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { admissionOf, sampleEvent, ticketOf } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  listDeliveries,
  proveRollUps,
  shardOf,
  startUsageRecorder,
  startUsageWriter,
  streamKey,
  type UsageEvent,
  type UsageRecorder,
  usageWatermark,
  type UsageWriter,
} from './index.ts'

const database = useDatabase()
const redis = useRedis()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const noon = new Date('2026-06-15T04:00:00Z')
const deadline = new Date(noon.getTime() + 60_000)
const buyer = 'org_buyer'
const ignore = (): void => undefined

let clock: MovableClock
let recorder: UsageRecorder
let writer: UsageWriter
let pool: ReturnType<typeof openPool>

const startWriter = () => startUsageWriter({ pool, redis: redis.options, clock, onError: ignore })
const startRecorder = () =>
  startUsageRecorder({
    ...{ redis: redis.options, db: database.db, clock, keys, onError: ignore, timers: false },
  })

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

const opened = (event: UsageEvent): UsageEvent => ({
  ...event,
  reason: 'pending',
  billable: false,
  records: 0,
  bytes: 0,
  opensUntilMs: deadline.getTime(),
})
const closing = (event: UsageEvent): UsageEvent => ({ ...event, closesOpening: true })
const delivery = () => sampleEvent({ occurredAtMs: noon.getTime(), bytes: 5_000_000 })

async function admit(event: UsageEvent, callsPerDay: number | null = null) {
  const request = { ...admissionOf(event, { callsPerDay }), deadlineMs: deadline.getTime() }
  return ticketOf(await recorder.admit(request))
}

const events = () =>
  database.db
    .selectFrom('metering.usage_event')
    .select(['event_id', 'result_class', 'reason', 'billable', 'bytes'])
    .orderBy('event_id')
    .execute()
const deliveries = () => listDeliveries(database.db, { buyerId: buyer as never }, { limit: 10 })
const standings = async () => (await deliveries()).map((each) => each.standing)

test('an opened delivery is pending and no event; its closing is the one event, by the same id', async () => {
  const event = delivery()
  const ticket = await admit(event)
  await recorder.record(opened(event), null)
  await expect.poll(standings).toEqual(['pending'])
  expect(await events()).toEqual([])
  await recorder.record(closing(event), ticket)
  await expect.poll(standings).toEqual(['closed'])
  expect(await events()).toMatchObject([
    { event_id: event.eventId, result_class: 'found', billable: true, bytes: 5_000_000n },
  ])
  expect(await proveRollUps(database.db, { from: noon, to: new Date('2026-06-16') })).toMatchObject(
    {
      events: 1n,
      holds: true,
    },
  )
})

test('unclosed at the deadline it is one failed event; not a moment before', async () => {
  const event = delivery()
  await admit(event)
  await recorder.record(opened(event), null)
  await expect.poll(standings).toEqual(['pending'])
  clock.set(deadline)
  // Another call is written meanwhile, so the writer has surely looked since.
  const other = sampleEvent({ occurredAtMs: deadline.getTime() })
  await recorder.record(other, null)
  await expect.poll(async () => (await events()).length).toBe(1)
  expect(await standings()).toEqual(['pending'])
  clock.advance(1)
  await expect.poll(standings, { timeout: 5_000 }).toEqual(['not_closed'])
  const [failed] = await events()
  expect(failed).toEqual({
    event_id: event.eventId,
    result_class: 'failed',
    reason: 'not_closed',
    billable: false,
    bytes: 0n,
  })
})

test('a closing after that changes nothing and is kept beside it', async () => {
  const event = delivery()
  const ticket = await admit(event)
  await recorder.record(opened(event), null)
  await expect.poll(standings).toEqual(['pending'])
  clock.set(new Date(deadline.getTime() + 1))
  await expect.poll(standings, { timeout: 5_000 }).toEqual(['not_closed'])
  const before = await events()
  await recorder.record(closing(event), ticket)
  await expect
    .poll(async () => (await deliveries()).map((each) => each.lateClosing))
    .toEqual([{ at: clock.now(), resultClass: 'found', bytes: 5_000_000n, billable: true }])
  expect(await events()).toEqual(before)
  const proof = await proveRollUps(database.db, { from: noon, to: new Date('2026-06-16') })
  expect(proof).toMatchObject({ events: 1n, holds: true })
})

test('told again, in any order, opening and closing change nothing', async () => {
  const event = delivery()
  const entry = (some: readonly UsageEvent[], sequence: number) =>
    redis.client.xadd(
      streamKey(shardOf(buyer)),
      '*',
      ...['b', recorder.bootId, 's', String(sequence), 'n', String(some.length)],
      ...['c', '0', 'a', String(noon.getTime()), 'e', JSON.stringify(some)],
    )
  await entry([closing(event)], 2)
  await expect.poll(async () => (await events()).length).toBe(1)
  await entry([opened(event)], 1)
  await expect.poll(standings).toEqual(['closed'])
  await entry([opened(event), closing(event), closing(event)], 1)
  clock.set(new Date(deadline.getTime() + 1))
  const last = sampleEvent({ occurredAtMs: clock.now().getTime() })
  await entry([last], 4)
  await expect.poll(async () => (await events()).length).toBe(2)
  expect(await standings()).toEqual(['closed'])
  expect((await deliveries())[0]?.lateClosing).toBeNull()
})

test('the watermark waits for an open delivery, also when its gateway is dead', async () => {
  const event = delivery()
  await admit(event)
  clock.advance(1)
  await recorder.record(opened(event), null)
  await expect.poll(standings).toEqual(['pending'])
  // The boot says nothing more; after half a minute of a drained stream it is finished.
  clock.set(new Date(noon.getTime() + 40_000))
  const boots = () =>
    database.db.selectFrom('metering.boot_progress').select('finished_at').execute()
  await expect
    .poll(async () => (await boots()).every((boot) => boot.finished_at !== null), {
      timeout: 5_000,
    })
    .toBe(true)
  const shardWatermark = async () =>
    (
      await database.db
        .selectFrom('metering.shard')
        .select('watermark_at')
        .where('shard', '=', shardOf(buyer))
        .executeTakeFirst()
    )?.watermark_at
  await expect.poll(shardWatermark).toEqual(noon)
  clock.set(new Date(deadline.getTime() + 1))
  await expect.poll(standings, { timeout: 5_000 }).toEqual(['not_closed'])
  await expect.poll(() => usageWatermark(database.db), { timeout: 5_000 }).toEqual(clock.now())
})

test('an emptied Redis: the opening is sent again, counted in the quota, and nothing waits for its end', async () => {
  const event = delivery()
  const ticket = await admit(event, 2)
  await recorder.record(opened(event), null)
  await redis.client.flushdb()
  await recorder.untilLimitsHold(10_000)
  await expect.poll(standings).toEqual(['pending'])
  const second = sampleEvent({ occurredAtMs: noon.getTime() })
  await recorder.record(second, await admit(second, 2))
  await expect(admit(sampleEvent({ occurredAtMs: noon.getTime() }), 2)).rejects.toThrow('day')
  await recorder.record(closing(event), ticket)
  await expect.poll(standings).toEqual(['closed'])
})

test('a strict reader: an opening that charges, or ends before it begins, is parked', async () => {
  const event = delivery()
  for (const wrong of [
    { ...event, opensUntilMs: deadline.getTime() },
    { ...opened(event), opensUntilMs: noon.getTime() },
  ])
    await recorder.record(wrong, null)
  await expect
    .poll(async () => database.db.selectFrom('metering.parked_entry').select('reason').execute())
    .toHaveLength(2)
  expect(await standings()).toEqual([])
})
