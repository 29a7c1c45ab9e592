import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { refusedWithoutProduct } from '#tests/builders/metered-city.ts'
import { admissionOf, sampleEvent, ticketOf } from '#tests/builders/usage-event.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  RecordingUnavailable,
  startUsageRecorder,
  startUsageWriter,
  type UsageRecorder,
  type UsageWriter,
} from './index.ts'

const database = useDatabase()
const redis = useRedis()
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
const onError = (): void => undefined
const heldMax = 20
let recorder: UsageRecorder
let writer: UsageWriter
let pool: ReturnType<typeof openPool>

const startWriter = () =>
  startUsageWriter({ pool, redis: redis.options, clock: systemClock, onError })

beforeEach(async () => {
  pool = openPool({ connectionString: database.url, poolSize: 6 })
  recorder = await startUsageRecorder({
    ...{ redis: redis.options, db: database.db, clock: systemClock, keys, onError },
    heldMax,
  })
  writer = startWriter()
  await recorder.untilLimitsHold()
})
afterEach(async () => {
  await recorder.close(100)
  await writer.stop()
  await pool.end()
})

const eventNow = (facts: object = {}) =>
  sampleEvent({ occurredAtMs: systemClock.now().getTime(), ...facts })

/** `recorded`, or what it was refused for. */
async function attempt(): Promise<unknown> {
  const event = eventNow()
  try {
    const ticket = ticketOf(await recorder.admit(admissionOf(event)))
    await recorder.record(event, ticket)
    return 'recorded'
  } catch (error) {
    return (error as Error).constructor
  }
}

const gaps = () => database.db.selectFrom('metering.gap_record').select('attempts').execute()

test('a gateway holds no more than it may while nothing is written, answered or under way, and goes on then', async () => {
  await writer.stop()
  const outcomes = await Promise.all(Array.from({ length: 100 }, attempt))
  expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(heldMax)
  expect(outcomes.filter((outcome) => outcome === RecordingUnavailable)).toHaveLength(80)
  await expect.poll(gaps, { timeout: 5_000 }).toEqual([{ attempts: 80n }])
  writer = startWriter()
  await expect.poll(attempt, { timeout: 10_000 }).toBe('recorded')
})

test('refusals that are events of their own are held no longer either', async () => {
  await writer.stop()
  const refusals = Array.from({ length: 30 }, () =>
    recorder.record(eventNow(refusedWithoutProduct), null).then(
      () => 'recorded',
      (error: Error) => error.constructor,
    ),
  )
  const outcomes = await Promise.all(refusals)
  expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(heldMax)
  expect(outcomes.filter((outcome) => outcome === RecordingUnavailable)).toHaveLength(10)
  writer = startWriter()
  const storedRefusals = () =>
    database.db.selectFrom('metering.usage_event').select('attempts').execute()
  await expect.poll(storedRefusals, { timeout: 10_000 }).toHaveLength(heldMax)
})
