/** A call under way, and how often this boot had found Redis emptied when it began. */
type UnderWay = Readonly<{ atMs: number; generation: number; isOpened?: boolean }>

/** The calls of one shard that have begun and have no event yet. */
export class CallsUnderWay {
  readonly #calls = new Map<string, UnderWay>()

  get count(): number {
    return this.#calls.size
  }

  has(eventId: string): boolean {
    return this.#calls.has(eventId)
  }

  begin(eventId: string, call: UnderWay): void {
    this.#calls.set(eventId, call)
  }

  end(eventId: string): void {
    this.#calls.delete(eventId)
  }

  /** A delivery that is only opened goes on: it ends with the event that closes it. */
  open(eventId: string): void {
    const call = this.#calls.get(eventId)
    if (call) this.#calls.set(eventId, { ...call, isOpened: true })
  }

  /** Calls still under way hold completeness back to their beginning. */
  completeBefore(now: number): number {
    let beforeMs = now
    for (const { atMs } of this.#calls.values()) beforeMs = Math.min(beforeMs, atMs)
    return beforeMs
  }

  /** How many began before Redis was last found emptied. */
  olderThan(generation: number): number {
    if (generation === 0) return 0
    let older = 0
    // An opened delivery is sent again by its record, and counted by it: nothing waits for its end.
    for (const call of this.#calls.values())
      if (call.generation < generation && call.isOpened !== true) older += 1
    return older
  }
}
