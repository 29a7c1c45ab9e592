import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import { calendarAt, officeTime, preparationStart } from '#demo/seed/calendar.ts'
import { createCityClock } from '#demo/seed/city-clock.ts'
import { openCityGateway, type OpenCityGateway } from '#demo/seed/city-gateway.ts'
import { emptyWorld, type World } from '#demo/seed/world.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { type TestSimulator, useSimulator } from './use-simulator.ts'

export type TestCity = Readonly<{
  world: World
  simulator: TestSimulator
  gateway: OpenCityGateway
}>

/**
 * A world in which nothing exists yet, forty days before the agreement's first day, with a real
 * database, Redis, gateway, writer and providers, for the file it is called in.
 */
export function useCity(options: Readonly<{ now: Date }>): TestCity {
  const database = useDatabase('file')
  const redis = useRedisServer()
  const simulator = useSimulator()
  let open: Omit<TestCity, 'simulator'> | undefined
  beforeAll(async () => {
    const calendar = calendarAt(options.now)
    const world = emptyWorld({
      db: database.db,
      keys: loadKeyRing(mkdtempSync(join(inject('services').runFolder, 'keys-'))),
      clock: createCityClock(officeTime({ day: preparationStart(calendar), time: '09:00' })),
      calendar,
    })
    const gateway = await openCityGateway(world, {
      databaseUrl: database.url,
      redisUrl: redis.url,
      egressOrigins: [simulator.origin],
    })
    open = { world, gateway }
  })
  afterAll(async () => {
    await open?.gateway.close()
  })
  const get = (): Omit<TestCity, 'simulator'> => {
    if (!open) throw new Error('useCity(): read its fields inside a test or a hook')
    return open
  }
  return {
    simulator,
    get world() {
      return get().world
    },
    get gateway() {
      return get().gateway
    },
  }
}
