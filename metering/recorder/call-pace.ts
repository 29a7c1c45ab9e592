type Pace = Readonly<{ periodMs: number; least: number; most: number }>

/** How often somebody calls, counted in short periods of this process's own time. */
export class CallPace {
  readonly #pace: Pace
  #beganAt = Number.NEGATIVE_INFINITY
  #count = 0
  #before = 0

  constructor(pace: Pace) {
    this.#pace = pace
  }

  /** Notes a call. Returns how many to expect in a period, at most `most`; 0 where they are fewer than `least`. */
  note(): number {
    const { periodMs, least, most } = this.#pace
    const now = performance.now()
    const goneMs = now - this.#beganAt
    if (goneMs >= periodMs) {
      this.#before = goneMs < 2 * periodMs ? this.#count : 0
      this.#beganAt = now
      this.#count = 0
    }
    this.#count += 1
    const expected = Math.max(this.#before, this.#count)
    return expected < least ? 0 : Math.min(expected, most)
  }

  /** Whether nobody has called for two periods. */
  get isQuiet(): boolean {
    return performance.now() - this.#beganAt >= 2 * this.#pace.periodMs
  }
}
