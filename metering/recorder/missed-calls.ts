import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { insertGap } from './recorder.queries.ts'

type Gap = { gapId: string; startedAt: Date; endedAt: Date; attempts: number }

/**
 * Calls that could not be recorded: those of a shard, until Redis answers again, become one gap record
 * (design: Metering 1).
 */
export class MissedCalls {
  readonly #deps: Readonly<{ bootId: string; db: Database; clock: Clock }>
  readonly #gaps = new Map<number, Gap>()
  readonly #ended: (Gap & Readonly<{ shard: number }>)[] = []

  constructor(deps: Readonly<{ bootId: string; db: Database; clock: Clock }>) {
    this.#deps = deps
  }

  count(shard: number): void {
    const now = this.#deps.clock.now()
    const gap = this.#gaps.get(shard) ?? {
      gapId: newId('gap', this.#deps.clock),
      ...{ startedAt: now, endedAt: now, attempts: 0 },
    }
    gap.attempts += 1
    // The clock may have been set back meanwhile.
    if (now < gap.startedAt) gap.startedAt = now
    if (now > gap.endedAt) gap.endedAt = now
    this.#gaps.set(shard, gap)
  }

  /** A gap ends when Redis answers again. */
  end(): void {
    for (const [shard, gap] of this.#gaps) this.#ended.push({ shard, ...gap })
    this.#gaps.clear()
  }

  /**
   * Writes down what has ended. One that cannot be written now waits; it keeps its id, for the case that it was and
   * nobody knows.
   */
  async write(): Promise<void> {
    const { db, clock, bootId } = this.#deps
    const common = { bootId, reason: 'usage_store_unavailable' }
    for (const gap of [...this.#ended]) {
      await insertGap(db, { ...common, ...gap, recordedAt: clock.now() })
      this.#ended.shift()
    }
  }
}
