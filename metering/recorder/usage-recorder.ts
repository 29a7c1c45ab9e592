import { Redis } from 'ioredis'
import type { Clock } from '#kernel/clock.ts'
import type { RedisConnectionOptions } from '#kernel/config.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { allShards, shardOf, unconfirmedMax } from '#metering/shards.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { Admission, AdmissionRequest, Ticket } from './admission.ts'
import { admissionCommands } from './admission-commands.ts'
import { AdmissionLeases } from './admission-leases.ts'
import { MissedCalls } from './missed-calls.ts'
import {
  countKeyless,
  findIdempotencyHolder,
  finishBoot,
  type IdempotencyHolder,
  insertBoot,
  listCommitted,
  listRefusalsBefore,
  noteAnswered,
  type RefusalsBefore,
} from './recorder.queries.ts'
import type { UsageReceipt } from './receipt.ts'
import { ShardFlusher } from './shard-flusher.ts'
import { streamOn } from './shard-stream.ts'

export type UsageRecorderDeps = Readonly<{
  redis: RedisConnectionOptions
  db: Database
  clock: Clock
  keys: Pick<KeyRing, 'sign'>
  onError: (error: Error) => void
  /** How many calls and events of a shard it holds at most, other than in operation. */
  heldMax?: number
  /** Off where a seed moves the clock and speaks for the gateway itself. */
  timers?: boolean
}>

/** The store of usage is away or cannot take more: the call is refused before it begins, not charged. */
export class RecordingUnavailable extends Error {
  override readonly name = 'RecordingUnavailable'
}

/** It is not known whether the event is durable: no answer may be given, the connection is cut. */
export class RecordingUncertain extends Error {
  override readonly name = 'RecordingUncertain'
}

const heartbeatEveryMs = 1_000
const giveBackEveryMs = 25
const pollEveryMs = 500
const settleWithinMs = 15_000
const limitsPollMs = 20

/** What a gateway process records usage through. */
export interface UsageRecorder {
  readonly bootId: string
  /** Errors: RecordingUnavailable. */
  admit(request: AdmissionRequest): Promise<Admission>
  /** Who holds this idempotency key in PostgreSQL, when Redis did not know. */
  idempotencyHolder(buyerId: string, key: string): Promise<IdempotencyHolder | undefined>
  /**
   * Makes an event durable and gives its receipt; an answer may be sent only after that. An opening
   * record goes the same way, without ticket; its receipt is given to nobody. `usedUnits` is what the call
   * has used up of its budgets; the rest of what was reserved is given back.
   * Errors: RecordingUnavailable (surely not recorded), RecordingUncertain.
   */
  record(event: UsageEvent, ticket: Ticket | null, usedUnits?: bigint): Promise<UsageReceipt>
  /** An attempt without a valid key: a counter for the security people. */
  countKeyless(reason: string): void
  /** Says that this boot lives and up to when its events are complete; otherwise done by a timer. */
  heartbeat(): Promise<void>
  /** Forgets what PostgreSQL has committed; otherwise done by a timer. Returns how many still wait. */
  forgetCommitted(): Promise<number>
  /** Whether every shard's counters can be believed: false at a very first start and after Redis was emptied. */
  readonly limitsHold: boolean
  /** Waits for that, at most so long. Errors: RecordingUnavailable. */
  untilLimitsHold(patienceMs?: number): Promise<void>
  /** Ends the boot: everything is flushed and, within a patience, committed. */
  close(patienceMs?: number): Promise<void>
  /** For tests and the seed: cuts and restores the way to Redis. */
  readonly connection: Redis
}

/** Registers a new boot and begins. */
export async function startUsageRecorder(deps: UsageRecorderDeps): Promise<UsageRecorder> {
  const { db, clock, onError } = deps
  const bootId = newId('boot', clock)
  await insertBoot(db, { bootId, at: clock.now() })
  // Admission fails at once while Redis is away; a flush waits for it, since it must not be given up.
  const asking = new Redis({ ...deps.redis, maxRetriesPerRequest: 0, enableOfflineQueue: false })
  const writing = new Redis({ ...deps.redis, maxRetriesPerRequest: null })
  for (const connection of [asking, writing]) connection.on('error', onError)
  await Promise.all([asking, writing].map(ready))
  return new Recorder(deps, { bootId, asking, writing })
}

class Recorder implements UsageRecorder {
  readonly bootId: string
  readonly #deps: UsageRecorderDeps
  readonly #asking: Redis
  readonly #writing: Redis
  readonly #leases: AdmissionLeases
  readonly #flushers: readonly ShardFlusher[]
  readonly #keyless = new Map<string, number>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #missedCalls: MissedCalls

  constructor(
    deps: UsageRecorderDeps,
    opened: Readonly<{ bootId: string; asking: Redis; writing: Redis }>,
  ) {
    this.bootId = opened.bootId
    this.#deps = deps
    this.#asking = opened.asking
    this.#writing = opened.writing
    this.#missedCalls = new MissedCalls({ ...deps, bootId: opened.bootId })
    const stream = streamOn(opened.writing)
    this.#flushers = allShards.map(
      (shard) => new ShardFlusher({ ...deps, bootId: opened.bootId, shard, stream }),
    )
    this.#leases = new AdmissionLeases({
      ...{ bootId: opened.bootId, commands: admissionCommands(opened.asking, opened.bootId) },
      generationOf: (shard) => this.#flushers[shard]?.generation ?? 0,
      isReady: () => opened.asking.status === 'ready',
      ...{ onError: deps.onError, isOn: deps.timers !== false },
    })
    if (deps.timers === false) return
    this.#every(giveBackEveryMs, () => this.#leases.giveBackUnused())
    this.#every(heartbeatEveryMs, () => this.heartbeat())
    this.#every(pollEveryMs, () => this.forgetCommitted())
  }

  get connection(): Redis {
    return this.#writing
  }

  get limitsHold(): boolean {
    return this.#flushers.every((flusher) => flusher.hasEpoch)
  }

  async untilLimitsHold(patienceMs = 30_000): Promise<void> {
    const until = performance.now() + patienceMs
    for (;;) {
      await this.heartbeat()
      if (this.limitsHold) return
      await this.forgetCommitted().catch(this.#deps.onError)
      if (performance.now() > until)
        throw new RecordingUnavailable('no writer vouches for the counters')
      await new Promise((resolve) => setTimeout(resolve, limitsPollMs))
    }
  }

  async admit(request: AdmissionRequest): Promise<Admission> {
    const flusher = this.#flusherOf(request.buyerId)
    if (this.#isFull(flusher)) throw this.#missed(flusher.shard)
    flusher.begin(request.eventId, request.nowMs)
    try {
      const admission = await this.#leases.admit(request)
      // A refused call that becomes an event of its own begins again when it is recorded.
      if (admission.kind === 'refused') flusher.end(request.eventId)
      if (admission.kind === 'refused' && admission.counted) flusher.countRefusal(admission)
      return admission
    } catch (error) {
      flusher.end(request.eventId)
      this.#deps.onError(error as Error)
      throw this.#missed(flusher.shard)
    }
  }

  idempotencyHolder(buyerId: string, key: string): Promise<IdempotencyHolder | undefined> {
    return findIdempotencyHolder(this.#deps.db, { buyerId, key })
  }

  async record(event: UsageEvent, ticket: Ticket | null, usedUnits = 0n): Promise<UsageReceipt> {
    const flusher = this.#flusherOf(event.buyerId)
    // Without a ticket nothing was taken; while Redis is surely away nothing needs to be uncertain.
    // An opening record has its call's ticket waiting, so it waits for Redis as the call's event would.
    const isAlone = !ticket && event.opensUntilMs === undefined
    if (isAlone && (this.#writing.status !== 'ready' || this.#isFull(flusher)))
      throw this.#missed(flusher.shard)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new RecordingUncertain(`event ${event.eventId} is not settled`))
      }, settleWithinMs)
    })
    try {
      return await Promise.race([flusher.add(event, ticket, usedUnits), late])
    } finally {
      clearTimeout(timer)
    }
  }

  countKeyless(reason: string): void {
    this.#countKeyless(reason, 1)
  }

  #countKeyless(reason: string, attempts: number): void {
    const counted = (this.#keyless.get(reason) ?? 0) + attempts
    if (counted === 0) this.#keyless.delete(reason)
    else this.#keyless.set(reason, counted)
  }

  async heartbeat(): Promise<void> {
    await Promise.all(this.#flushers.map((flusher) => flusher.heartbeat()))
  }

  async forgetCommitted(): Promise<number> {
    const { db, clock } = this.#deps
    const answered = this.#flushers.map((flusher) => ({
      shard: flusher.shard,
      sequence: flusher.answeredSequence,
    }))
    const eras = this.#flushers.map((flusher) => flusher.eraName)
    await noteAnswered(db, { bootId: this.bootId, answered })
    const committed = await listCommitted(db, this.bootId)
    const refusals = await this.#listRefusalsBefore()
    for (const { shard, ...each } of committed)
      this.#flushers[shard]?.forget({
        ...{ ...each, era: eras[shard] ?? '' },
        refusalsBefore: refusals.filter((before) => before.shard === shard),
      })
    const unconfirmed = this.#flushers.reduce((sum, flusher) => sum + flusher.unconfirmed, 0)
    if (this.#writing.status === 'ready') this.#missedCalls.end()
    await this.#missedCalls.write()
    const keyless = [...this.#keyless]
    await countKeyless(db, { at: clock.now(), counts: keyless })
    // What was counted meanwhile stays, and all of it while the database is away.
    for (const [reason, attempts] of keyless) this.#countKeyless(reason, -attempts)
    return unconfirmed
  }

  /** Asks only while refusals are kept: most of the time there are none. */
  async #listRefusalsBefore(): Promise<RefusalsBefore[]> {
    const epochs = this.#flushers.flatMap((flusher) => [...flusher.epochsOfRefusals])
    return epochs.length === 0 ? [] : listRefusalsBefore(this.#deps.db, epochs)
  }

  async close(patienceMs = 5_000): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#leases.giveBackAll(patienceMs)
    await Promise.all(this.#flushers.map((flusher) => flusher.drain(patienceMs)))
    const until = performance.now() + patienceMs
    let left = await this.forgetCommitted().catch(() => 1)
    while (left > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      left = await this.forgetCommitted().catch(() => 1)
    }
    // An unfinished boot is closed by the writer once it has been silent and its stream is drained.
    if (left === 0)
      await finishBoot(this.#deps.db, { bootId: this.bootId, at: this.#deps.clock.now() })
    this.#asking.disconnect()
    this.#writing.disconnect()
  }

  #flusherOf(buyerId: string): ShardFlusher {
    const flusher = this.#flushers[shardOf(buyerId)]
    if (!flusher) throw new Error('every shard has its flusher')
    return flusher
  }

  /** Refused calls count, too: their events are kept like any other. */
  #isFull({ held }: ShardFlusher): boolean {
    return held >= (this.#deps.heldMax ?? unconfirmedMax)
  }

  #missed(shard: number): RecordingUnavailable {
    this.#missedCalls.count(shard)
    return new RecordingUnavailable('usage cannot be recorded now')
  }

  #every(ms: number, work: () => Promise<unknown>): void {
    let busy = false
    this.#timers.push(
      setInterval(() => {
        if (busy) return
        busy = true
        work()
          .catch((error: unknown) => this.#deps.onError(error as Error))
          .finally(() => {
            busy = false
          })
      }, ms),
    )
  }
}

function ready(redis: Redis): Promise<void> {
  return redis.status === 'ready'
    ? Promise.resolve()
    : new Promise((resolve) => redis.once('ready', () => resolve()))
}
