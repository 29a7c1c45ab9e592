import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Clock } from '#kernel/clock.ts'
import { type Config, databaseOptions, redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { type Database, openDatabase } from '#kernel/database.ts'
import { type JobQueue, openJobQueue, readJobQueue, retryFailedJob } from '#kernel/job-queue.ts'
import { createEgressPolicy } from '#kernel/egress-policy.ts'
import type { Log } from '#kernel/log.ts'
import { openPdfRenderer } from '#kernel/process/pdf-renderer.ts'
import { usageStreamOf } from '#metering/index.ts'
import { checkPassword } from './auth/check-password.ts'
import { identifyBy } from './auth/identify.ts'
import { openSessionService } from './auth/session-service.ts'
import { openDataProxy } from './data-proxy.ts'
import type { AppDeps } from './deps.ts'
import { createUpstreamInspector } from './gateway/connectors/inspect-upstream.ts'
import { openMetrics } from './metrics.ts'
import { databaseAnswers, readinessOf, type ReadReadiness } from './readiness.ts'

type Services = Readonly<{ db: Database; redis: Redis; queue: JobQueue }>

export type Doors = Readonly<{ deps: AppDeps; close: () => Promise<void> }>

/** Opens what `createApp` stands on, as the configuration says; the seed gives a clock of its own. */
export function openDoors(
  config: Config,
  { clock, log }: Readonly<{ clock: Clock; log: Log }>,
): Doors {
  const onLost = (error: Error): void => log.warn({ err: error }, 'connection lost')
  const db = openDatabase({
    ...databaseOptions(config),
    applicationName: 'data-marketplace-api',
    onConnectionLost: onLost,
  })
  const redis = new Redis({
    ...redisOptions(config),
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  })
  redis.on('error', onLost)
  const queue = openJobQueue(redisOptions(config), { waitForRedis: false, onError: onLost })
  const sessions = openSessionService({
    databaseUrl: config.databaseUrl,
    secret: config.authSecret,
    publicUrl: config.publicUrl,
    onConnectionLost: onLost,
  })
  const dataProxy = openDataProxy(config.gatewayUrl)
  const pdf = openPdfRenderer({
    configured: config.chromiumPath,
    toolsFolder: join(config.dataFolder, 'tools'),
  })
  const deps: AppDeps = {
    db,
    clock,
    keys: loadKeyRing(config.keyFolder),
    log,
    sessions,
    identify: identifyBy({ db, clock, sessions }),
    checkPassword,
    publicUrl: config.publicUrl,
    readiness: readiness(config, { db, redis, queue }),
    metrics: openMetrics(),
    metricsToken: config.metricsToken,
    jobs: {
      read: () => readJobQueue(queue),
      retry: (jobId) => retryFailedJob(queue, jobId),
    },
    usageStream: usageStreamOf(redis),
    dataProxy,
    inspectUpstream: inspectorOf(config),
    renderPdf: pdf.render,
    consoleFolder: 'web/console/dist',
  }
  const close = async (): Promise<void> => {
    await dataProxy.close()
    await pdf.close()
    await queue.close()
    redis.disconnect()
    await sessions.close()
    await db.destroy()
  }
  return { deps, close }
}

function inspectorOf({ egressOrigins }: Config): AppDeps['inspectUpstream'] {
  return createUpstreamInspector(createEgressPolicy({ allowedOrigins: egressOrigins }))
}

/** Ready means that all of it serves: what is stored, what delivers data, what bills it. */
function readiness(config: Config, { db, redis, queue }: Services): ReadReadiness {
  return readinessOf({
    database: () => databaseAnswers(db),
    redis: async () => (await redis.ping()) === 'PONG',
    gateway: async () => {
      const answer = await fetch(`${config.gatewayUrl}/readyz`, {
        signal: AbortSignal.timeout(1_500),
      })
      return answer.status < 500
    },
    worker: async () => (await queue.getWorkersCount()) > 0,
  })
}
