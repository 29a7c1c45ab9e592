import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { pino } from 'pino'
import { gatewayPatience, startGateway } from '#api/gateway/start-gateway.ts'
import { systemClock } from '#kernel/clock.ts'
import { redisOptions } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openDatabase } from '#kernel/database.ts'
import { createEgress } from '#kernel/egress.ts'
import { createPlainRoute } from './plain-route.ts'

/** The gateway, or the same route without key check, usage control and metering. */
const [kind, provider = '', databaseUrl = '', redisUrl = '', keyFolder = ''] = process.argv.slice(2)

async function app(): Promise<{ fetch: Parameters<typeof serve>[0]['fetch'] }> {
  if (kind === 'plain')
    return createPlainRoute({ egress: createEgress({ allowedOrigins: [provider] }), provider })
  const gateway = await startGateway({
    db: openDatabase({
      connectionString: databaseUrl,
      poolSize: 4,
      patience: gatewayPatience,
      prepares: true,
    }),
    redis: redisOptions({ redisUrl }),
    clock: systemClock,
    keys: loadKeyRing(keyFolder),
    log: pino({ level: 'silent' }),
    egressOrigins: [provider],
  })
  return gateway.app as { fetch: Parameters<typeof serve>[0]['fetch'] }
}

serve({ fetch: (await app()).fetch, hostname: '127.0.0.1', port: 0 }, (address: AddressInfo) =>
  process.stdout.write(`http://127.0.0.1:${address.port}\n`),
)
// A profile is written only by a process that ends by itself.
process.once('SIGTERM', () => process.exit())
