import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readConfig, readSimulatorSettings, type Config } from '#kernel/config.ts'
import type { SimulatorSettings } from '#kernel/config.ts'

/** What demo/seed.ts exports as `seedDemoCity`. */
export type SeedDemoCity = (options: {
  config: Config
  simulator: SimulatorSettings
  /** One line for the person who waits; shown at the terminal and by /readyz. */
  onProgress: (line: string) => void
}) => Promise<void>

const file = resolve('demo/seed.ts')
if (existsSync(file)) {
  const { seedDemoCity } = (await import(pathToFileURL(file).href)) as {
    seedDemoCity: SeedDemoCity
  }
  await seedDemoCity({
    config: readConfig(),
    simulator: readSimulatorSettings(),
    onProgress: (line) => process.stdout.write(`${line}\n`),
  })
  // Pools and timers of what the seed started in its own process must not keep it.
  process.exit(0)
}
