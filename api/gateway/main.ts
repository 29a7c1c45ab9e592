import { serve } from '@hono/node-server'
import { systemClock } from '#kernel/clock.ts'
import { databaseOptions, readConfig, redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openDatabase } from '#kernel/database.ts'
import { openLog } from '#kernel/log.ts'
import { untilAskedToStop } from '#kernel/process/shutdown.ts'
import { gatewayPatience, startGateway } from './start-gateway.ts'

const stopPatienceMs = 12_000

async function main(): Promise<void> {
  const config = readConfig()
  const log = openLog(config, 'gateway')
  const asked = untilAskedToStop()
  const db = openDatabase({
    ...databaseOptions(config),
    applicationName: 'data-marketplace-gateway',
    patience: gatewayPatience,
    prepares: true,
    onConnectionLost: (error) => log.warn({ err: error }, 'connection lost'),
  })
  const gateway = await startGateway({
    db,
    redis: redisOptions(config),
    clock: systemClock,
    keys: loadKeyRing(config.keyFolder),
    log,
    egressOrigins: config.egressOrigins,
    metricsToken: config.metricsToken,
  })
  const server = serve(
    { fetch: gateway.app.fetch, hostname: config.gatewayHost, port: config.gatewayPort },
    ({ port }) => log.info({ port }, 'serving'),
  )
  server.on('error', (error) => {
    log.fatal({ err: error }, 'cannot serve')
    process.exit(1)
  })
  log.info({ reason: await asked }, 'stopping')
  // Calls under way are finished and recorded; whoever stays connected beyond that is cut off.
  const cut = setTimeout(() => process.exit(0), stopPatienceMs)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
  await gateway.close()
  await db.destroy()
  clearTimeout(cut)
  process.exit(0)
}

await main()
