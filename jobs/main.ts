import { countBudgets } from '#billing/index.ts'
import { systemClock } from '#kernel/clock.ts'
import { databaseOptions, readConfig, redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openDatabase, openPool } from '#kernel/database.ts'
import { openLog } from '#kernel/log.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { shardCount, startUsageWriter } from '#metering/index.ts'
import { startJobWorker } from './worker.ts'

/** The worker process: writes the usage stream and runs the jobs until it is asked to stop. */
async function main(): Promise<void> {
  const config = readConfig()
  const log = openLog(config, 'worker')
  const onError = (error: Error): void => log.error({ err: error }, 'failed')
  const keys = loadKeyRing(config.keyFolder)
  const redis = redisOptions(config)
  const db = openDatabase({ ...databaseOptions(config), applicationName: 'worker' })
  const pool = openPool({
    ...databaseOptions(config),
    applicationName: 'usage-writer',
    poolSize: shardCount + 1,
    onConnectionLost: onError,
  })
  const asked = untilAskedToStop()
  const writer = startUsageWriter({ pool, redis, clock: systemClock, countBudgets, onError })
  const worker = await startJobWorker({ db, pool, clock: systemClock, keys, redis, onError })
  log.info('working')
  log.info({ reason: await asked }, 'stopping')
  await Promise.all([writer.stop(), worker.close()])
  await Promise.all([db.destroy(), pool.end()])
  process.exit(0)
}

await main()
