import { Redis } from 'ioredis'
import type { Pool, PoolClient } from 'pg'
import type { Clock } from '#kernel/clock.ts'
import type { RedisConnectionOptions } from '#kernel/config.ts'
import { streamKey, writerConsumer, writerGroup } from '#metering/shards.ts'
import { readStreamEntry, type StreamEntry } from '#metering/stream-entry.ts'
import { parseUsageEvent } from '#metering/usage-event.ts'
import type { BootStep } from './boot-progress.ts'
import type { EventToWrite } from './insert-events.ts'
import { readRefusals, settleRefusals } from './refusals.ts'
import type { CountBudgets } from './rebuild-budgets.ts'
import { ShardEpoch } from './shard-epoch.ts'
import { expiredDeliveries } from './open-deliveries.ts'
import { SilentBoots } from './silent-boots.ts'
import { advanceWatermark } from './watermark.ts'
import { type Batch, type PoisonEntry, writeBatch } from './write-batch.ts'

const entriesPerRead = 64
const blockMs = 200
const gatherMs = 100
const retryAfterMs = 500
const unclosedEveryMs = 500
/** Refusals are taken when they have stood so long: those of a second together, as a rule. */
const refusalsEveryMs = 1_000
/** Sorts the advisory lock of a shard away from other locks of ours. */
const lockSpace = 7_401

export type ShardWriterDeps = Readonly<{
  shard: number
  pool: Pool
  redis: RedisConnectionOptions
  clock: Clock
  /** Makes budgets anew after a loss; without it there are none. */
  countBudgets?: CountBudgets | undefined
  onError: (error: Error) => void
  /**
   * After a small batch the next one gathers for so long (default 100 ms): a commit, its sync and its
   * statements then serve more calls.
   */
  gatherMs?: number
}>

type StreamRead = [key: string, entries: [id: string, fields: string[]][]][] | null

/**
 * Writes one shard's stream to PostgreSQL. The connection that writes holds an advisory lock, so a shard
 * has one writer however many workers run, and a writer that lost its connection cannot commit any more.
 * Entries are acknowledged and removed only after their commit; what the last holder left unfinished is
 * read again first.
 */
export class ShardWriter {
  readonly #deps: ShardWriterDeps
  readonly #redis: Redis
  readonly #epoch: ShardEpoch
  readonly #silent = new SilentBoots()
  #stopped = false
  #refusalsTakenAt = Number.NEGATIVE_INFINITY
  #unclosedSeenAt = Number.NEGATIVE_INFINITY
  #done: Promise<void> = Promise.resolve()

  constructor(deps: ShardWriterDeps) {
    this.#deps = deps
    this.#redis = new Redis({ ...deps.redis, maxRetriesPerRequest: null })
    this.#redis.on('error', deps.onError)
    const { shard, clock, countBudgets } = deps
    this.#epoch = new ShardEpoch({ shard, clock, countBudgets, redis: this.#redis })
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#done
    this.#redis.disconnect()
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let client: PoolClient | undefined
      try {
        client = await this.#deps.pool.connect()
        if (await this.#takeShard(client)) await this.#work(client)
        else await this.#pause()
        client.release()
      } catch (error) {
        // Whatever it was, the connection and with it the lock go; the next turn begins afresh.
        client?.release(true)
        this.#deps.onError(error as Error)
        await this.#pause()
      }
    }
  }

  async #takeShard(client: PoolClient): Promise<boolean> {
    const result = await client.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1, $2) as taken',
      [lockSpace, this.#deps.shard],
    )
    return result.rows[0]?.taken ?? false
  }

  async #work(client: PoolClient): Promise<void> {
    try {
      await this.#makeGroup()
      let readFrom = '0'
      while (!this.#stopped) {
        const askedAt = this.#deps.clock.now()
        const entries = await whileConnected(client, this.#read(readFrom))
        if (entries.length > 0) await this.#write(client, entries)
        // Fewer than asked for: everything that stood in the stream then is committed now.
        const isDrained = readFrom === '>' && entries.length < entriesPerRead
        if (readFrom === '0' && entries.length === 0) readFrom = '>'
        await this.#advance(client, isDrained ? askedAt : null)
        await this.#epoch.keep(client)
        await this.#writeRefusals(client)
        if (isDrained) await this.#failUnclosed(client, askedAt)
        if (isDrained && entries.length > 0) await this.#pause(this.#deps.gatherMs ?? gatherMs)
      }
    } finally {
      await client
        .query('select pg_advisory_unlock($1, $2)', [lockSpace, this.#deps.shard])
        .catch(() => undefined)
    }
  }

  async #makeGroup(): Promise<void> {
    await this.#redis
      .xgroup('CREATE', streamKey(this.#deps.shard), writerGroup, '0', 'MKSTREAM')
      .catch((error: Error) => {
        if (!error.message.startsWith('BUSYGROUP')) throw error
      })
  }

  /** Unfinished entries of the last holder (`0`) or new ones (`>`), waiting a moment for these. */
  async #read(from: string): Promise<[id: string, fields: string[]][]> {
    const answer = (await this.#redis.xreadgroup(
      'GROUP',
      writerGroup,
      writerConsumer,
      'COUNT',
      entriesPerRead,
      'BLOCK',
      blockMs,
      'STREAMS',
      streamKey(this.#deps.shard),
      from,
    )) as StreamRead
    return answer?.[0]?.[1] ?? []
  }

  async #write(client: PoolClient, read: [id: string, fields: string[]][]): Promise<void> {
    const { shard, clock } = this.#deps
    await writeBatch(client, { shard, now: clock.now() }, batchOf(read))
    const ids = read.map(([id]) => id)
    const key = streamKey(shard)
    await this.#redis
      .multi()
      .xack(key, writerGroup, ...ids)
      .xdel(key, ...ids)
      .exec()
  }

  async #advance(client: PoolClient, drainedAt: Date | null): Promise<void> {
    const at = { shard: this.#deps.shard, now: this.#deps.clock.now() }
    if (drainedAt) await this.#silent.finish(client, at)
    await advanceWatermark(client, { ...at, drainedAt })
  }

  async #writeRefusals(client: PoolClient): Promise<void> {
    const { shard, clock } = this.#deps
    if (performance.now() - this.#refusalsTakenAt < refusalsEveryMs) return
    this.#refusalsTakenAt = performance.now()
    const { refusals, before } = await readRefusals(this.#redis, shard)
    if (refusals.length === 0) return
    const events = refusals.map(({ event }) => ({ event, bootId: null, bootSequence: null }))
    await writeBatch(
      client,
      { shard, now: clock.now() },
      {
        ...{ events, poison: [], boots: [] },
        refusalsBefore: before,
      },
    )
    await settleRefusals(this.#redis, shard, refusals)
  }

  async #failUnclosed(client: PoolClient, drainedAt: Date): Promise<void> {
    if (performance.now() - this.#unclosedSeenAt < unclosedEveryMs) return
    this.#unclosedSeenAt = performance.now()
    const { shard, clock } = this.#deps
    const events = await expiredDeliveries(client, { shard, drainedAt })
    if (events.length === 0) return
    await writeBatch(client, { shard, now: clock.now() }, { events, poison: [], boots: [] })
  }

  #pause(ms = retryAfterMs): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#stopped ? 0 : ms))
  }
}

/**
 * What is read, unless the connection breaks meanwhile: told by an event. The promise of the break lives no longer
 * than the reading, because it would keep everything that was ever raced against it.
 */
async function whileConnected<T>(client: PoolClient, reading: Promise<T>): Promise<T> {
  const broken = Promise.withResolvers<never>()
  client.once('error', broken.reject)
  try {
    return await Promise.race([reading, broken.promise])
  } finally {
    client.off('error', broken.reject)
  }
}

/** Sorts what was read into events, poison and how far each boot has come. */
export function batchOf(read: readonly [id: string, fields: string[]][]): Batch {
  const events: EventToWrite[] = []
  const poison: PoisonEntry[] = []
  const boots: BootStep[] = []
  for (const [streamId, fields] of read) {
    const entry = readStreamEntry(streamId, fields)
    if (entry.kind === 'poison') {
      poison.push({ ...entry, position: 0, bootId: null, buyerId: null })
      continue
    }
    collect(entry.entry, events, poison)
    boots.push(stepOf(entry.entry))
  }
  return { events, poison, boots }
}

function collect(entry: StreamEntry, events: EventToWrite[], poison: PoisonEntry[]): void {
  entry.events.forEach((value, position) => {
    const parsed = parseUsageEvent(value)
    if (parsed.kind === 'poison')
      poison.push({ ...parsed, streamId: entry.streamId, position, bootId: entry.bootId })
    else
      events.push({
        event: parsed.event,
        bootId: entry.bootId,
        bootSequence: entry.firstSequence + position,
      })
  })
}

function stepOf(entry: StreamEntry): BootStep {
  return {
    bootId: entry.bootId,
    firstSequence: entry.firstSequence,
    lastSequence: entry.firstSequence + entry.count - 1,
    completeBeforeMs: entry.completeBeforeMs,
    settledLoss: entry.settledLoss,
  }
}
