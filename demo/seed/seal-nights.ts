import { setTimeout as pause } from 'node:timers/promises'
import { sealUsage, usageWatermark } from '#metering/index.ts'
import { asSetUp, type World } from './world.ts'

const withinMs = 30_000
const pollMs = 3
/** The city's clock may have gone on with the next day's calls by then. */
const afterMidnightMs = 20 * 60_000

/** What the worker does each night: the day is sealed as soon as the writer says that all of it is in. */
export async function sealNight(world: World, midnight: Date): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    const watermark = await usageWatermark(world.db)
    if (watermark !== null && watermark >= midnight) break
    if (performance.now() > until) throw new Error('the usage of a day never became complete')
    await pause(pollMs)
  }
  const ms = Math.min(midnight.getTime() + afterMidnightMs, world.calendar.now.getTime())
  await sealUsage({ ...asSetUp(world), clock: { now: () => new Date(ms) } })
}

/** Nights one after the other, each beside the first calls of the next day. */
export type Nights = Readonly<{
  seal: (midnight: Date) => Promise<void>
  /** Until the last night is over: whatever an office does comes after it. */
  over: () => Promise<void>
}>

export function nightsOf(world: World): Nights {
  let night: Promise<void> = Promise.resolve()
  return {
    seal: async (midnight) => {
      await night
      night = sealNight(world, midnight)
      // Whoever waits for the night is told; until then it is nobody's error.
      night.catch(() => undefined)
    },
    over: () => night,
  }
}
