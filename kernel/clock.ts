import { invariant } from './errors.ts'

/** Who is asked for the time. Nobody else asks the system. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export interface MovableClock extends Clock {
  set(to: Date): void
  advance(byMs: number): void
}

/** A clock that stands still until it is moved, for tests and for the seed of the demo city. */
export function movableClock(start: Date | string): MovableClock {
  let atMs = msOf(start)
  return {
    now: () => new Date(atMs),
    set: (to) => {
      atMs = msOf(to)
    },
    advance: (byMs) => {
      atMs = msOf(new Date(atMs + byMs))
    },
  }
}

function msOf(at: Date | string): number {
  const ms = new Date(at).getTime()
  invariant(!Number.isNaN(ms), 'a clock is set to a real time')
  return ms
}
