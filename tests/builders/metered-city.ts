import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'
import { type MovableClock, movableClock } from '#kernel/clock.ts'
import { type KeyRing, loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import {
  startUsageRecorder,
  startUsageWriter,
  type UsageEvent,
  type UsageReceipt,
  type UsageRecorder,
  usageWatermark,
  type UsageWriter,
} from '#metering/index.ts'
import type { TestDatabase, TestRedis } from '#tests/harness/index.ts'
import { sampleEvent } from './usage-event.ts'

/** Two buyers, their subscriptions and keys, two products: names that look like ours. */
export const metered = {
  buyerId: 'org_0meteredbuyer00000001' as Id<'org'>,
  otherBuyerId: 'org_0meteredbuyer00000002' as Id<'org'>,
  subscriptionId: 'sub_0metered000000000001',
  otherSubscriptionId: 'sub_0metered000000000002',
  productId: 'product_0metered000000000001',
  otherProductId: 'product_0metered000000000002',
  keyId: 'key_0metered000000000001',
} as const

export type MeteredCity = Readonly<{
  clock: MovableClock
  keys: KeyRing
  /** Records one attempt at the clock's time, as a gateway does after it has answered. */
  call: (facts?: Partial<UsageEvent>) => Promise<UsageReceipt>
  /** Until everything recorded is committed and the watermark has reached the clock's time. */
  settle: () => Promise<void>
}>

/** A recorder and a writer on a clock that stands still, over the test's own database and Redis. */
export function useMeteredCity(
  database: TestDatabase,
  redis: TestRedis,
  begin = new Date('2026-06-15T04:00:00Z'),
): MeteredCity {
  const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'keys-')))
  let clock: MovableClock
  let recorder: UsageRecorder
  let writer: UsageWriter
  let pool: ReturnType<typeof openPool>
  const onError = (): void => undefined
  beforeEach(async () => {
    clock = movableClock(begin)
    pool = openPool({ connectionString: database.url, poolSize: 6 })
    const deps = { redis: redis.options, db: database.db, clock, keys, onError, timers: false }
    recorder = await startUsageRecorder(deps)
    writer = startUsageWriter({ pool, redis: redis.options, clock, onError })
  })
  afterEach(async () => {
    await recorder.close(100)
    await writer.stop()
    await pool.end()
  })
  return {
    get clock() {
      return clock
    },
    keys,
    call: (facts = {}) => recorder.record(meteredEvent(clock.now().getTime(), facts), null),
    settle: async () => {
      const now = clock.now()
      await vi.waitFor(async () => {
        await recorder.heartbeat()
        const watermark = await usageWatermark(database.db)
        if (watermark === null || watermark < now) throw new Error('usage is still on its way')
        if ((await recorder.forgetCommitted()) > 0) throw new Error('usage is not committed yet')
      }, 10_000)
    },
  }
}

/** A live, found, billable call. */
function meteredEvent(nowMs: number, facts: Partial<UsageEvent> = {}): UsageEvent {
  const { buyerId, keyId, subscriptionId, productId } = metered
  const event = sampleEvent({
    ...{ occurredAtMs: nowMs, buyerId, keyId, subscriptionId, productId },
    productVersionId: 'pver_0metered000000000001',
    scenarioId: 'scenario_0metered000000000001',
    priceReference: 'posted_0metered000000000001',
    ...facts,
  })
  return { ...event, requestId: facts.requestId ?? `request-${event.eventId}` }
}

/** What makes a call refused: without a product or subscription it belongs to its key. */
export const refusedWithoutProduct = {
  subscriptionId: null,
  productId: null,
  productVersionId: null,
  scenarioId: null,
  purposeClass: null,
  priceReference: null,
  resultClass: 'refused',
  reason: 'not_subscribed',
  httpStatus: 403,
  billable: false,
  records: 0,
  bytes: 0,
} as const satisfies Partial<UsageEvent>
