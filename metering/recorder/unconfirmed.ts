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

/**
 * Refusals counted in Redis and not yet committed, by the field they are counted under. A second's counts
 * are forgotten when the writer has made events of all seconds before and of it.
 */
export class CountedRefusals {
  readonly #counts = new Map<string, number>()

  count(field: string): void {
    this.#counts.set(field, (this.#counts.get(field) ?? 0) + 1)
  }

  forgetBefore(second: number): void {
    for (const field of this.#counts.keys())
      if (Number(field.split('|', 2)[1]) < second) this.#counts.delete(field)
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  /** Field, count … as the script that counts them again takes them. */
  get flat(): readonly (string | number)[] {
    return [...this.#counts].flat()
  }
}
