import type { Clock } from '#kernel/clock.ts'
import { movableClock } from '#kernel/clock.ts'
import type { Actor, Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'

export type TestContextOptions = Readonly<{ db: Database; clock?: Clock; actor?: Actor }>

/** The hour at which tests stand unless they say otherwise: a Monday noon in Asia/Shanghai. */
export const TEST_NOW = new Date('2026-06-15T04:00:00Z')

/** A context for calling a verb; by default the system acts and the clock stands at TEST_NOW. */
export function testContext(options: TestContextOptions): Context {
  return {
    db: options.db,
    clock: options.clock ?? movableClock(TEST_NOW),
    actor: options.actor ?? { kind: 'system', job: 'test' },
    requestId: 'test-request',
  }
}
