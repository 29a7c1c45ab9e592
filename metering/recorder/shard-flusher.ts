import type { Clock } from '#kernel/clock.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { RefusalRound, Ticket } from './admission.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import { signReceipts, type UsageReceipt } from './receipt.ts'
import { settlingSteps } from './settling-steps.ts'
import type { FinishCommand, ShardEra, ShardStream } from './shard-stream.ts'
import { type CountedRefusal, CountedRefusals, Unconfirmed } from './unconfirmed.ts'

/** More wait for the next flush: one signature and one round trip then serve so many calls. */
const eventsPerFlush = 256
/**
 * While so many calls are still under way, a flush waits a moment for more of them: fewer signatures and round
 * trips leave the processor to the calls. With few it begins at once.
 */
const busyCalls = 16
const gatherMs = 2
/** An entry this old that the writer does not find in the stream is taken for lost, and sent again. */
const lostAfterMs = 5_000

type Waiting = Readonly<{
  event: UsageEvent
  ticket: Ticket | null
  usedUnits: bigint
  resolve: (receipt: UsageReceipt) => void
  reject: (error: Error) => void
}>

type FlusherDeps = Readonly<{
  bootId: string
  shard: number
  clock: Clock
  keys: Pick<KeyRing, 'sign'>
  stream: ShardStream
  onError: (error: Error) => void
}>

/**
 * One shard's way into the stream: events wait while a flush is under way and go together with the next.
 * One flush at a time, so entries stand in the stream in the order of their sequence. An event stays
 * here, answered or not, until PostgreSQL has committed it; a Redis that was emptied is given again what
 * it forgot, before anything else goes in.
 */
export class ShardFlusher {
  readonly shard: number
  readonly #deps: FlusherDeps
  readonly #underWay = new CallsUnderWay()
  readonly #unconfirmed = new Unconfirmed()
  readonly #refusals = new CountedRefusals()
  #queue: Waiting[] = []
  #flushing: Promise<void> | undefined
  #sequence = 0
  #answeredSequence = 0
  /** Undefined before the first flush; afterwards the era Redis was in at the last one. */
  #era: ShardEra | undefined
  #generation = 0
  #mustResend = false
  /** Redis was emptied, so it has forgotten refusals too. */
  #mustRecount = false
  /** What is kept of them is surely no event yet. */
  #mayRecount = false

  constructor(deps: FlusherDeps) {
    this.#deps = deps
    this.shard = deps.shard
  }

  /** Calls under way and events that are not yet in PostgreSQL: what this process must keep, or will have to. */
  get held(): number {
    return this.#underWay.count + this.#unconfirmed.count
  }

  get unconfirmed(): number {
    return this.#unconfirmed.count
  }

  /** Up to where events may have been answered. */
  get answeredSequence(): number {
    return this.#answeredSequence
  }

  /** How often this boot has found Redis emptied. */
  get generation(): number {
    return this.#generation
  }

  /** Whether what Redis counts for this shard can be believed, as far as the last flush knows. */
  get hasEpoch(): boolean {
    return this.#era !== undefined && this.#era.epoch !== ''
  }

  /** The era that the last flush found, '' while a loss has no name. */
  get eraName(): string {
    return this.#era ? nameOf(this.#era) : ''
  }

  /** A call has begun: nothing later than it is complete until its event is flushed. */
  begin(eventId: string, atMs: number): void {
    this.#underWay.begin(eventId, { atMs, generation: this.#generation })
  }

  /** A call ended without an event of its own. */
  end(eventId: string): void {
    this.#underWay.end(eventId)
  }

  /** A refusal that Redis counts; kept in case it forgets. */
  countRefusal(refusal: CountedRefusal): void {
    this.#refusals.count(refusal)
  }

  /** In which epochs refusals were counted that are kept. */
  get epochsOfRefusals(): ReadonlySet<string> {
    return this.#refusals.epochs
  }

  add(event: UsageEvent, ticket: Ticket | null, usedUnits: bigint): Promise<UsageReceipt> {
    if (!this.#underWay.has(event.eventId)) this.begin(event.eventId, event.occurredAtMs)
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, ticket, usedUnits, resolve, reject })
      // Calls that end in the same turn of the event loop go together.
      this.#flushing ??= new Promise<void>((begin) => setImmediate(begin)).then(() =>
        this.#flushAll(),
      )
    })
  }

  /** Tells the writer that this boot lives, when no flush does it anyway. */
  async heartbeat(): Promise<void> {
    if (this.#flushing) return
    this.#flushing = this.#flush([]).then(() => this.#flushAll())
    await this.#flushing
  }

  /**
   * What PostgreSQL has of this boot, and up to which rounds refusals are events; `era` is the one that was known
   * when it was asked.
   */
  forget(
    committed: Readonly<{
      sequence: number
      refusalsBefore: readonly RefusalRound[]
      drainedAtMs: number
      era: string
    }>,
  ): void {
    this.#unconfirmed.forget(committed.sequence)
    for (const before of committed.refusalsBefore) this.#refusals.forgetBefore(before)
    // The writer names a loss when everything it still had of the emptied Redis is committed.
    if (committed.era !== '' && committed.era === this.eraName) this.#mayRecount = true
    // The writer found nothing more to read although this went in long ago: Redis does not have it.
    const { oldest } = this.#unconfirmed
    if (!oldest || performance.now() - oldest.keptAt < lostAfterMs) return
    if (committed.drainedAtMs > oldest.flushedAtMs) this.#mustResend = true
  }

  /** Waits for the flushes under way, not longer than the patience. */
  async drain(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs)
    })
    await Promise.race([this.#flushing ?? this.heartbeat(), enough])
    clearTimeout(timer)
  }

  async #flushAll(): Promise<void> {
    await this.#makeGood()
    while (this.#queue.length > 0) {
      await this.#gather()
      const batch = this.#queue.slice(0, eventsPerFlush)
      this.#queue = this.#queue.slice(eventsPerFlush)
      await this.#flush(batch)
      await this.#makeGood()
    }
    this.#flushing = undefined
  }

  async #gather(): Promise<void> {
    const stillUnderWay = this.#underWay.count - this.#queue.length
    if (stillUnderWay < busyCalls || this.#queue.length >= eventsPerFlush) return
    await new Promise((resolve) => setTimeout(resolve, gatherMs))
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    const flushed = batch.map((waiting) => waiting.event)
    for (const event of flushed) this.#endOrOpen(event)
    try {
      const receipts = batch.length > 0 ? signReceipts(this.#deps.keys, flushed) : []
      const events = JSON.stringify(flushed)
      const now = this.#deps.clock.now().getTime()
      // Numbered once nothing can keep them back any more: the writer waits at a missing number for ever.
      const firstSequence = this.#sequence + 1
      const lastSequence = this.#sequence + batch.length
      this.#sequence = lastSequence
      const count = batch.length
      this.#unconfirmed.keep({
        ...{ firstSequence, lastSequence, count, events },
        ...{ flushedAtMs: now, keptAt: performance.now() },
      })
      const head = this.#head({
        firstSequence,
        count,
        events,
        now,
        completeBeforeMs: this.#underWay.completeBefore(now),
      })
      const era = await this.#deps.stream.finish(this.shard, { head, ...settlingSteps(batch) })
      this.#learn(era)
      this.#answeredSequence = lastSequence
      receipts.forEach((receipt, index) => batch[index]?.resolve(receipt))
    } catch (error) {
      // The connection was closed for good, or a script failed: nobody may be answered. What is not in
      // the stream goes in with the next flush, so that sequences have no hole.
      this.#mustResend = true
      this.#deps.onError(error as Error)
      for (const waiting of batch) waiting.reject(error as Error)
    }
  }

  #endOrOpen({ eventId, opensUntilMs }: UsageEvent): void {
    if (opensUntilMs === undefined) this.#underWay.end(eventId)
    else this.#underWay.open(eventId)
  }

  #head(
    entry: Readonly<{
      firstSequence: number
      count: number
      events: string
      now: number
      completeBeforeMs: number
    }>,
  ): FinishCommand['head'] {
    const { epoch = '', loss = '' } = this.#era ?? {}
    return [
      this.#deps.bootId,
      entry.firstSequence,
      entry.count,
      entry.completeBeforeMs,
      entry.now,
      entry.events,
      epoch === '' && !this.#mustRecount ? loss : '',
      this.#underWay.olderThan(this.#generation),
    ]
  }

  /** Compares the era Redis is in with the one it was in; another one means that it was emptied. */
  #learn(era: ShardEra): void {
    const before = this.#era
    this.#era = era
    if (before === undefined || nameOf(before) === nameOf(era)) return
    this.#generation += 1
    this.#mustResend = true
    this.#mustRecount = !this.#refusals.isEmpty
    this.#mayRecount = false
  }

  #append(
    entry: Readonly<{ firstSequence: number; count: number; events: string }>,
    completeBeforeMs: number,
  ): Promise<ShardEra> {
    const now = this.#deps.clock.now().getTime()
    const head = this.#head({ ...entry, now, completeBeforeMs })
    return this.#deps.stream.finish(this.shard, { head, stepKeys: [], steps: [] })
  }

  /**
   * Gives Redis everything again that PostgreSQL does not have; what it still has is known by its id. Refusals
   * have no id of their own: they wait until it is known which of them are events.
   */
  async #makeGood(): Promise<void> {
    if (!this.#mustResend && !(this.#mustRecount && this.#mayRecount)) return
    const { stream, bootId } = this.#deps
    const { entries } = this.#unconfirmed
    const forgotten = this.#mustResend ? entries : []
    try {
      this.#mustResend = false
      // Only the last of these says what is complete: the heartbeat after all that was forgotten.
      await Promise.all(forgotten.map((entry) => this.#append(entry, 0)))
      if (this.#mustRecount && this.#mayRecount) {
        await this.#refusals.recount((flat) => stream.recount(this.shard, { bootId, flat }))
        this.#mustRecount = false
      }
      const now = this.#deps.clock.now().getTime()
      const beat = { firstSequence: this.#sequence + 1, count: 0, events: '[]' }
      this.#learn(await this.#append(beat, this.#underWay.completeBefore(now)))
    } catch (error) {
      this.#mustResend = true
      this.#deps.onError(error as Error)
    }
  }
}

/** The epoch is named as the loss it made good, so the name changes when Redis is emptied and only then. */
function nameOf(era: ShardEra): string {
  return era.epoch === '' ? era.loss : era.epoch
}
