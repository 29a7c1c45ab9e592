import { crc32 } from 'node:zlib'

/**
 * How many streams carry the usage. Every key of a buyer carries its shard's tag `{n}`, so a Redis
 * Cluster spreads them and a script never spans two. Changing it needs drained streams
 * (docs/operations.md).
 */
export const shardCount = 4

export function shardOf(buyerId: string): number {
  return crc32(buyerId) % shardCount
}

export const allShards: readonly number[] = Array.from({ length: shardCount }, (_, index) => index)

/**
 * Calls under way and answered events of a shard that a gateway may hold before PostgreSQL has them; with so many it
 * refuses calls. It is also the most that can be lost when a gateway and Redis's disk are lost in the same moment.
 */
export const unconfirmedMax = 50_000

export const streamKey = (shard: number): string => `usage:{${shard}}`
export const refusalsKey = (shard: number): string => `refusals:{${shard}}`
/** The counts that stood at the last taking: what stands still at the next is taken. */
export const seenRefusalsKey = (shard: number): string => `refusals-seen:{${shard}}`
export const takenRefusalsKey = (shard: number): string => `refusals-taken:{${shard}}`
/**
 * Stands in Redis as long as its counters can be believed; whoever misses it knows that Redis was emptied. The
 * number rises when something more is counted: what an older release left vouches for less.
 */
export const epochKey = (shard: number): string => `epoch:2:{${shard}}`
/** Names a loss that the writer has noticed and not yet made good. */
export const lossKey = (shard: number): string => `loss:{${shard}}`
/** Says that a boot has counted its refusals again in this Redis. */
export const recountedKey = (shard: number, bootId: string): string =>
  `recounted:{${shard}}:${bootId}`
export const writerGroup = 'writers'
/** One name for whoever holds the shard, so that the next holder finds what the last left unfinished. */
export const writerConsumer = 'writer'
