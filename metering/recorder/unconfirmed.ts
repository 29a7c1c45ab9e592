import type { RefusalRound } from './admission.ts'

/** What one flush put into the stream and PostgreSQL has not yet said to have. */
export type UnconfirmedEntry = Readonly<{
  firstSequence: number
  lastSequence: number
  /** By the gateway's clock, to be held against the writer's; and by this process alone. */
  flushedAtMs: number
  keptAt: number
  count: number
  /** Its events as JSON, as they went into the stream: as text they cost the collector nothing while they wait. */
  events: string
}>

/**
 * Answered events of one shard, kept until PostgreSQL has committed them: the second place where each is
 * durable (design: Metering 2). Oldest first, by their sequence.
 */
export class Unconfirmed {
  #entries: UnconfirmedEntry[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  get oldest(): UnconfirmedEntry | undefined {
    return this.#entries[0]
  }

  /** As they are now; what is forgotten meanwhile stays in the list. */
  get entries(): readonly UnconfirmedEntry[] {
    return [...this.#entries]
  }

  keep(entry: UnconfirmedEntry): void {
    if (entry.count === 0) return
    this.#entries.push(entry)
    this.#count += entry.count
  }

  forget(committedSequence: number): void {
    const first = this.#entries.findIndex((entry) => entry.lastSequence > committedSequence)
    const gone = this.#entries.splice(0, first < 0 ? this.#entries.length : first)
    for (const entry of gone) this.#count -= entry.count
  }
}

/** A refusal that is counted under this field; gateways call it what the admission script does. */
export type CountedRefusal = Readonly<{ field: string; countedIn: RefusalRound }>

/** Refusals counted in Redis and not yet known to be events, by when they were counted. */
export class CountedRefusals {
  #counts = new Map<string, CountedRefusal & { attempts: number }>()

  count({ field, countedIn }: CountedRefusal, attempts = 1): void {
    const name = `${countedIn.epoch}|${countedIn.round}|${field}`
    const counted = this.#counts.get(name) ?? { field, countedIn, attempts: 0 }
    counted.attempts += attempts
    this.#counts.set(name, counted)
  }

  /** Forgets those of the epoch that were counted in rounds before. */
  forgetBefore({ epoch, round }: RefusalRound): void {
    for (const [name, { countedIn }] of this.#counts)
      if (countedIn.epoch === epoch && countedIn.round < round) this.#counts.delete(name)
  }

  /** Those kept are counted again, and kept as counted then. */
  async recount(
    again: (flat: readonly (string | number)[]) => Promise<RefusalRound>,
  ): Promise<void> {
    if (this.isEmpty) return
    const kept = [...this.#counts]
    const countedIn = await again(kept.flatMap(([, { field, attempts }]) => [field, attempts]))
    for (const [name] of kept) this.#counts.delete(name)
    for (const [, { field, attempts }] of kept) this.count({ field, countedIn }, attempts)
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  /** Of which epochs there are some. */
  get epochs(): ReadonlySet<string> {
    return new Set([...this.#counts.values()].map(({ countedIn }) => countedIn.epoch))
  }
}
