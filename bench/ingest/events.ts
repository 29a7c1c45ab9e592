import { Redis } from 'ioredis'
import { redisOptions } from '#kernel/config.ts'
import { systemClock } from '#kernel/clock.ts'
import { uuidv7At } from '#kernel/ids.ts'
import { monthOf } from '#kernel/period.ts'
import { shardCount, shardOf, streamKey, type UsageEvent } from '#metering/index.ts'

/** A live, found, billable call, as a gateway records it. */
export function sampleEvent(atMs: number, number: number): UsageEvent {
  const buyer = number % 16
  const eventId = uuidv7At(atMs)
  return {
    eventId,
    occurredAtMs: atMs,
    mode: 'live',
    buyerId: `org_06bench${String(buyer).padStart(13, '0')}`,
    keyId: `key_06bench${String(buyer).padStart(13, '0')}`,
    subscriptionId: `sub_06bench${String(buyer).padStart(13, '0')}`,
    productId: 'product_06bench0000000000000',
    productVersionId: 'pver_06bench0000000000000',
    scenarioId: 'scenario_06bench0000000000000',
    purposeClass: 'industry',
    priceReference: 'posted_06bench0000000000000',
    requestId: eventId,
    route: '/data/v1/housing-fund-credit/query',
    resultClass: 'found',
    reason: 'found',
    httpStatus: 200,
    billable: true,
    attempts: 1,
    records: 1,
    bytes: 64,
    durationMs: 12,
    requestDigest: `hmac-sm3:request-digest-0123456789abcdef:${'a'.repeat(64)}`,
    repeatsEventId: null,
    idempotencyKey: null,
  }
}

/** Twenty calls a millisecond, from the second day of this month on. */
export function* sampleEvents(count: number, first = 0): Generator<UsageEvent> {
  const startMs = new Date(`${monthOf(systemClock.now())}-02T04:00:00Z`).getTime()
  for (let number = first; number < first + count; number++)
    yield sampleEvent(startMs + Math.floor(number / 20), number)
}

const allShards = Array.from({ length: shardCount }, (_, shard) => shard)
const eventsPerEntry = 32
const entriesPerPipeline = 200

export type StreamFiller = Readonly<{
  /** Puts events into their shards' streams as flushes of one boot do; the last of a shard may make a small entry. */
  fill: (events: Iterable<UsageEvent>) => Promise<void>
  waiting: () => Promise<number>
  close: () => void
}>

export function openStreamFiller(to: Readonly<{ redisUrl: string }>): StreamFiller {
  const redis = new Redis({ ...redisOptions(to), maxRetriesPerRequest: null })
  const sequences = new Map<number, number>()
  const lengths = (): Promise<number[]> =>
    Promise.all(allShards.map((shard) => redis.xlen(streamKey(shard))))
  return {
    fill: async (events) => {
      let pipeline = redis.pipeline()
      const add = (shard: number, part: readonly UsageEvent[]): void => {
        const sequence = sequences.get(shard) ?? 1
        sequences.set(shard, sequence + part.length)
        const lastMs = part.at(-1)?.occurredAtMs ?? 0
        pipeline.xadd(
          ...[streamKey(shard), '*', 'b', 'boot_0000000000000000bench', 's', sequence],
          ...['n', part.length, 'c', lastMs, 'a', lastMs, 'e', JSON.stringify(part)],
        )
      }
      const open = new Map<number, UsageEvent[]>()
      for (const event of events) {
        const shard = shardOf(event.buyerId)
        const part = open.get(shard) ?? []
        part.push(event)
        open.set(shard, part)
        if (part.length < eventsPerEntry) continue
        open.delete(shard)
        add(shard, part)
        if (pipeline.length < entriesPerPipeline) continue
        await pipeline.exec()
        pipeline = redis.pipeline()
      }
      for (const [shard, part] of open) add(shard, part)
      await pipeline.exec()
    },
    waiting: async () =>
      (await lengths()).reduce((sum, length) => sum + length, 0) * eventsPerEntry,
    close: () => redis.disconnect(),
  }
}
