import type { Hono } from 'hono'
import type { HttpBindings } from '@hono/node-server'
import type { Logger } from 'pino'
import { databaseAnswers } from '#api/readiness.ts'
import type { Clock } from '#kernel/clock.ts'
import type { RedisConnectionOptions } from '#kernel/config.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { createEgress } from '#kernel/egress.ts'
import { startUsageRecorder, type UsageRecorder } from '#metering/index.ts'
import { createAccessDirectory } from './access-directory.ts'
import { closeConnectors, type Connectors, createConnectors } from './connectors/index.ts'
import { createGateway } from './gateway.ts'
import { openGatewayMetrics } from './metrics.ts'

/**
 * A gateway asks PostgreSQL short questions only. One that is not answered is given up, with its connection, so
 * that a database which stands still neither keeps calls waiting nor leaves connections that never answer again.
 */
export const gatewayPatience = { connectMs: 2_000, statementMs: 5_000 } as const

export type StartGateway = Readonly<{
  db: Database
  redis: RedisConnectionOptions
  clock: Clock
  keys: KeyRing
  log: Logger
  /** Origins that may be plain or private: the simulator's, a test's; production names none. */
  egressOrigins: readonly string[]
  /** What `/metrics` asks for; without one nobody may look. */
  metricsToken?: string | undefined
  /** False where a seed moves the clock and sends the heartbeats itself. */
  timers?: boolean
  /** Other connectors, for tests and benchmarks. */
  connectors?: Connectors
}>

export type Gateway = Readonly<{
  app: Hono<{ Bindings: Partial<HttpBindings> }>
  recorder: UsageRecorder
  /** Forgets what keys may do, at once rather than within a second. */
  forgetAccess: () => void
  /** Flushes what waits, ends the boot, closes what was opened here; not the database. */
  close: () => Promise<void>
}>

/** A whole gateway on given stores; the process and the seed of the demo city start the same one. */
export async function startGateway(start: StartGateway): Promise<Gateway> {
  const { db, redis, clock, keys, log } = start
  const recorder = await startUsageRecorder({
    db,
    redis,
    clock,
    keys,
    onError: (error) => log.warn({ err: error }, 'recording'),
    ...(start.timers === undefined ? {} : { timers: start.timers }),
  })
  const egress = createEgress({ allowedOrigins: start.egressOrigins })
  const metrics = openGatewayMetrics(log)
  const connectors = start.connectors ?? createConnectors({ egress, watch: metrics.watch })
  const directory = createAccessDirectory({ db, keys, clock })
  const app = createGateway({
    clock,
    keys,
    log,
    directory,
    recorder,
    connectors,
    metrics,
    metricsToken: start.metricsToken,
    isReady: async () =>
      recorder.connection.status === 'ready' && recorder.limitsHold && (await databaseAnswers(db)),
  })
  return {
    app,
    recorder,
    forgetAccess: directory.forget,
    close: async () => {
      await recorder.close()
      if (start.connectors === undefined) await closeConnectors(connectors)
      await egress.close()
    },
  }
}
