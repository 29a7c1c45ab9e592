import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 50

/** Waits until it holds; a server that is away does not hold. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  patienceMs = 90_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  let last: unknown
  for (;;) {
    try {
      if (await holds()) return
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${patienceMs} ms for: ${what}`, { cause: last })
    await pause(everyMs)
  }
}
