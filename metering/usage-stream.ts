import type { Redis } from 'ioredis'
import { invariant } from '#kernel/errors.ts'
import { allShards, streamKey } from './shards.ts'

/** What of a shard's stream is not yet committed. Entries leave it only after their commit. */
export type StreamLag = Readonly<{ shard: number; entries: number; oldestEntryAt: Date | null }>

/** The usage streams, for whoever is neither gateway nor writer. */
export interface UsageStream {
  /** Null while the store of usage does not answer. */
  readLag(): Promise<readonly StreamLag[] | null>
  /** Adds an entry; its fields are of `streamEntryFields`. It is durable when this resolves, to its id. */
  append(shard: number, fields: readonly string[]): Promise<string>
  /** Whether an entry still waits for its commit; no longer after it, or once the stream was lost. */
  holds(shard: number, streamId: string): Promise<boolean>
}

export function usageStreamOf(redis: Redis): UsageStream {
  return {
    readLag: () => Promise.all(allShards.map((shard) => lagOf(redis, shard))).catch(() => null),
    append: async (shard, fields) => {
      const id = await redis.xadd(streamKey(shard), '*', ...fields)
      invariant(id !== null, 'a stream that takes any entry names it')
      return id
    },
    holds: async (shard, id) => (await redis.xrange(streamKey(shard), id, id)).length > 0,
  }
}

async function lagOf(redis: Redis, shard: number): Promise<StreamLag> {
  const [entries, oldest] = await Promise.all([
    redis.xlen(streamKey(shard)),
    redis.xrange(streamKey(shard), '-', '+', 'COUNT', 1),
  ])
  const id = oldest[0]?.[0]
  // A stream id begins with the milliseconds of Redis's clock.
  const oldestEntryAt = id === undefined ? null : new Date(Number(id.split('-')[0]))
  return { shard, entries, oldestEntryAt }
}
