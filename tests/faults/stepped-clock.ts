import { type Clock, systemClock } from '#kernel/clock.ts'

/** The system's clock, set wrong by as many milliseconds as the last line on standard input says. */
export function steppedClock(): Clock {
  let byMs = 0
  process.stdin.on('data', (chunk: Buffer) => {
    byMs = Number(chunk.toString().trim().split('\n').at(-1))
  })
  return { now: () => new Date(systemClock.now().getTime() + byMs) }
}
