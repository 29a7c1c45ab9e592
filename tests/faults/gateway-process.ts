import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { pino } from 'pino'
import { gatewayPatience, startGateway } from '#api/gateway/start-gateway.ts'
import { redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openDatabase } from '#kernel/database.ts'
import { inProcessProvider } from '#tests/builders/gateway.ts'
import { steppedClock } from './stepped-clock.ts'

/** A gateway in a process of its own, to be killed. It prints its address once it serves. */
const [databaseUrl = '', redisUrl = '', keyFolder = ''] = process.argv.slice(2)
const gateway = await startGateway({
  db: openDatabase({
    connectionString: databaseUrl,
    poolSize: 4,
    patience: gatewayPatience,
    prepares: true,
  }),
  redis: redisOptions({ redisUrl }),
  clock: steppedClock(),
  keys: loadKeyRing(keyFolder),
  log: pino({ level: 'silent' }),
  egressOrigins: [],
  connectors: inProcessProvider().connectors,
})
serve({ fetch: gateway.app.fetch, hostname: '127.0.0.1', port: 0 }, (address: AddressInfo) => {
  process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})
