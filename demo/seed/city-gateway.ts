import { setTimeout as pause } from 'node:timers/promises'
import { destination, pino, type Logger } from 'pino'
import { type Gateway, startGateway } from '#api/gateway/start-gateway.ts'
import { countBudgets } from '#billing/index.ts'
import { type Config, redisOptions } from '#kernel/config.ts'
import { openDatabase, openPool } from '#kernel/database.ts'
import { shardCount, startUsageWriter } from '#metering/index.ts'
import type { CityGateway } from './drive-calls.ts'
import type { World } from './world.ts'

/** The real gateway and the real writer, in the seed's own process and on the city's clock. */
export type OpenCityGateway = CityGateway & Readonly<{ close: () => Promise<void> }>

const settleWithinMs = 30_000
const settlePollMs = 3

export async function openCityGateway(
  world: World,
  config: Pick<Config, 'databaseUrl' | 'redisUrl' | 'egressOrigins'>,
): Promise<OpenCityGateway> {
  const redis = redisOptions(config)
  const log = cityLog()
  const onError = (error: Error): void => log.warn({ err: error }, 'writing usage')
  const pool = openPool({ connectionString: config.databaseUrl, poolSize: shardCount + 2 })
  const writer = startUsageWriter({
    ...{ pool, redis, clock: world.clock.latest, countBudgets, onError },
    // Whoever settles waits for the writer, and its clock must not move on meanwhile.
    gatherMs: 0,
  })
  // A connection of its own, as the gateway's process has: it asks the same few things over and over.
  const db = openDatabase({
    connectionString: config.databaseUrl,
    applicationName: 'demo-city-gateway',
    prepares: true,
  })
  const gateway = await startGateway({
    db,
    redis,
    clock: world.clock,
    keys: world.keys,
    log,
    egressOrigins: config.egressOrigins,
    timers: false,
  })
  await gateway.recorder.untilLimitsHold()
  return {
    send: async (path, init) => gateway.app.request(path, init),
    settle: async () => {
      gateway.forgetAccess()
      await gateway.recorder.heartbeat()
      await untilCommitted(gateway)
    },
    close: async () => {
      await gateway.close()
      await writer.stop()
      await pool.end()
      await db.destroy()
    },
  }
}

/** To where progress does not go. */
export function cityLog(): Logger {
  return pino({ level: 'error', base: { part: 'demo-city' } }, destination(2))
}

/** Until PostgreSQL has everything this gateway answered. */
export async function untilCommitted(gateway: Gateway): Promise<void> {
  const until = performance.now() + settleWithinMs
  while ((await gateway.recorder.forgetCommitted()) > 0) {
    if (performance.now() > until) throw new Error('usage was answered and never written')
    await pause(settlePollMs)
  }
}
