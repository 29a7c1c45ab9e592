import type { ChildProcess } from 'node:child_process'
import { exited } from '#kernel/process/spawn.ts'
import type { Say } from './say.ts'

export type Running = Readonly<{ child: ChildProcess; stop: () => Promise<void> }>

export type KeptAlive = Readonly<{
  name: string
  /** Resolves when it is never started again: stopped, or given up. */
  ended: Promise<'stopped' | 'gave_up'>
  stop: () => Promise<void>
}>

export type KeepAliveOptions = Readonly<{
  name: string
  start: () => Promise<Running>
  say: Say
  /** For an error message: what the process last wrote. */
  lastWords: () => string
}>

const DEATHS_MAX = 5
const WITHIN_MS = 60_000
const FIRST_DELAY_MS = 250
const DELAY_MAX_MS = 5_000

function howItEnded(child: ChildProcess): string {
  return child.signalCode !== null ? `by ${child.signalCode}` : `with code ${child.exitCode}`
}

/** The moment after `ms`, or at once when `signal` is aborted. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}

/**
 * Starts a process and starts it again whenever it dies, waiting longer each time; after five deaths in a minute it
 * gives up. Rejects only when the very first start fails.
 */
export async function keepAlive(options: KeepAliveOptions): Promise<KeptAlive> {
  const { name, say } = options
  const stopping = new AbortController()
  let running: Running | undefined = await options.start()
  let deaths: number[] = []

  const oneDeath = (how: string): 'again' | 'gave_up' => {
    const now = performance.now()
    deaths = [...deaths.filter((at) => now - at < WITHIN_MS), now]
    if (deaths.length < DEATHS_MAX) return 'again'
    say(`${name} ended ${how}, for the ${DEATHS_MAX}th time within a minute: giving up.`)
    say(`${name} last wrote:\n${options.lastWords()}`)
    return 'gave_up'
  }
  const startAgain = async (): Promise<'started' | 'gave_up' | 'stopped'> => {
    for (;;) {
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (deaths.length - 1), DELAY_MAX_MS)
      await delay(delayMs, stopping.signal)
      if (stopping.signal.aborted) return 'stopped'
      try {
        running = await options.start()
        if (!stopping.signal.aborted) {
          say(`${name} is running again`)
          return 'started'
        }
        await running.stop()
        return 'stopped'
      } catch (error) {
        const how = `while starting (${error instanceof Error ? error.message : String(error)})`
        if (oneDeath(how) === 'gave_up') return 'gave_up'
      }
    }
  }
  const watch = async (): Promise<'stopped' | 'gave_up'> => {
    while (running) {
      await exited(running.child)
      if (stopping.signal.aborted) break
      const how = howItEnded(running.child)
      if (oneDeath(how) === 'gave_up') return 'gave_up'
      say(`${name} ended ${how}; starting it again`)
      const next = await startAgain()
      if (next !== 'started') return next
    }
    return 'stopped'
  }
  const ended = watch()
  return {
    name,
    ended,
    stop: async () => {
      stopping.abort()
      await running?.stop()
      await ended
    },
  }
}
