import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type FaultServers, openFaultServers } from './fault-servers.ts'
import { openUsageCity, type UsageCity } from './usage-city.ts'

/** Servers for the file and a city for each test. Call it outside of tests, the city inside. */
export function useUsageCity(): () => UsageCity {
  let servers: FaultServers | undefined
  let city: UsageCity | undefined
  beforeAll(async () => {
    servers = await openFaultServers({ onDisk: false })
  })
  beforeEach(async () => {
    if (servers) city = await openUsageCity(servers)
  })
  afterEach(async () => {
    await city?.close()
    city = undefined
  })
  afterAll(() => servers?.close())
  return () => {
    if (!city) throw new Error('useUsageCity(): read the city inside a test or a hook')
    return city
  }
}
