import { setTimeout as pause } from 'node:timers/promises'

export type CallerInALoop<Heard> = Readonly<{
  heard: readonly (Heard & Readonly<{ atMs: number }>)[]
  end: () => Promise<void>
}>

/** One call after another until it is told to end; keeps what each heard, with the moment of its answer. */
export function callInALoop<Heard extends object>(
  call: () => Promise<Heard>,
  everyMs: number,
): CallerInALoop<Heard> {
  const heard: (Heard & { atMs: number })[] = []
  let isOver = false
  const loop = (async () => {
    while (!isOver) {
      heard.push({ ...(await call()), atMs: performance.now() })
      await pause(everyMs)
    }
  })()
  return {
    heard,
    end: async () => {
      isOver = true
      await loop
    },
  }
}
