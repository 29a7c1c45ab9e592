import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '#kernel/clock.ts'

/**
 * The clock of the city while it is built. It stands until it is moved, and only forwards. A call
 * made through `during` has a time of its own, which goes on as fast as the real one, so that many
 * calls of one hour can be under way at once and still take their true milliseconds.
 */
export interface CityClock extends Clock {
  /** To a moment, or not at all if that is past. */
  moveTo(at: Date): void
  /** Some forty seconds later, for the next paper on the desk. */
  step(): Date
  during<T>(at: Date, work: () => Promise<T>): Promise<T>
  /** What whoever only writes things down takes for now: nothing it is told of is in its future. */
  readonly latest: Clock
}

type CallTime = Readonly<{ startMs: number; realStartMs: number }>
const stepMs = 40_000

export function createCityClock(start: Date): CityClock {
  let baseMs = start.getTime()
  const calls = new AsyncLocalStorage<CallTime>()
  let latestMs = baseMs
  return {
    now: () => {
      const call = calls.getStore()
      if (call === undefined) return new Date(baseMs)
      const ms = call.startMs + Math.floor(performance.now() - call.realStartMs)
      latestMs = Math.max(latestMs, ms)
      return new Date(ms)
    },
    latest: { now: () => new Date(Math.max(baseMs, latestMs)) },
    moveTo: (at) => {
      baseMs = Math.max(baseMs, at.getTime())
    },
    step: () => {
      baseMs += stepMs
      return new Date(baseMs)
    },
    during: (at, work) =>
      calls.run({ startMs: at.getTime(), realStartMs: performance.now() }, work),
  }
}
