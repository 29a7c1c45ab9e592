import { afterAll, beforeAll } from 'vitest'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import {
  buildGatewayCity,
  type GatewayCity,
  inProcessProvider,
  type RunningGateway,
  runGateway,
} from './gateway.ts'

/**
 * A city, a provider in this process and a gateway between them, for the file it is called in. Call it outside of
 * tests: city and gateway are filled before what the file itself does first.
 */
export function useGateway(options: Parameters<typeof buildGatewayCity>[1] = {}) {
  const database = useDatabase('file')
  const redis = useRedis('file')
  const provider = inProcessProvider()
  const city = {} as GatewayCity
  const gateway = {} as RunningGateway
  beforeAll(async () => {
    Object.assign(city, await buildGatewayCity(database, options))
    const { connectors } = provider
    Object.assign(gateway, await runGateway({ database, redis: redis.options, city, connectors }))
  })
  afterAll(() => gateway.close())
  return {
    ...{ database, redis, provider, city, gateway },
    /** What the subscription of the city allows from now on. */
    agreeOn: async (terms: object): Promise<void> => {
      await database.ownerDb
        .updateTable('billing.subscription')
        .set({ terms: JSON.stringify(terms) })
        .execute()
      gateway.forgetAccess()
    },
    /** A second of its own for each test, so that no rate of another is met. */
    nextSecond: (): void => {
      const second = Math.ceil(city.clock.now().getTime() / 1_000)
      city.clock.set(new Date(second * 1_000 + 2_000))
    },
  }
}
