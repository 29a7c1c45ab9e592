import { systemClock } from '#kernel/clock.ts'
import { type Config, databaseOptions, type SimulatorSettings } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openDatabase } from '#kernel/database.ts'
import { calendarAt, officeTime, preparationStart } from './seed/calendar.ts'
import { claimCity, finishCity } from './seed/claim-city.ts'
import { createCityClock } from './seed/city-clock.ts'
import { openAccounts, writeDemoFile } from './seed/demo-file.ts'
import { foundCity } from './seed/found-city.ts'
import { liveThrough } from './seed/live-through.ts'
import { openForBusiness } from './seed/open-for-business.ts'
import { volumeOf } from './seed/traffic.ts'
import { untilSimulatorAnswers } from './seed/until-simulator.ts'
import { emptyWorld } from './seed/world.ts'

export type SeedOptions = Readonly<{
  config: Config
  simulator: SimulatorSettings
  /** One line for the person who waits. */
  onProgress: (line: string) => void
  /** When the city's story ends; only tests say another time than now. */
  now?: Date
  /** Scales the traffic; only tests say another than 1. */
  volume?: number
}>

/**
 * Builds the demo city (design.md section 6) through the same functions people use: who is there, what
 * is offered and at which prices, three months of use with bills, payments and statements, and the
 * running month up to now. Once for a database; one that was cut short says how to begin afresh.
 */
export async function seedDemoCity(options: SeedOptions): Promise<void> {
  const { config, onProgress } = options
  const db = openDatabase({ ...databaseOptions(config), applicationName: 'demo-city' })
  try {
    if ((await claimCity(db)) === 'already_built') {
      onProgress('The demo city is there already')
      return
    }
    const simulator = await untilSimulatorAnswers(options.simulator)
    const calendar = calendarAt(options.now ?? systemClock.now())
    const world = emptyWorld({
      db,
      keys: loadKeyRing(config.keyFolder),
      clock: createCityClock(officeTime({ day: preparationStart(calendar), time: '09:00' })),
      calendar,
    })
    onProgress('Demo city: organizations, people, catalogue and agreement')
    await foundCity(world)
    onProgress('Demo city: scenarios, products, prices and buyers')
    await openForBusiness(world, simulator)
    await liveThrough(world, {
      config,
      onProgress,
      volume: (options.volume ?? 1) * volumeOf(calendar),
    })
    const accounts = await openAccounts(world)
    writeDemoFile(world, config, accounts)
    await finishCity(db)
  } finally {
    await db.destroy()
  }
}
