import type pg from 'pg'
import { openPool } from '#kernel/database.ts'
import { createSimulator } from './app.ts'
import { populate } from './populate.ts'
import { openProviderGate } from './provider-gate.ts'
import { simulatedServices, type SimulatedService } from './services.ts'

export type SimulatorOptions = Readonly<{
  /** The simulator's own database; its tables are made at the first start. */
  databaseUrl: string
  /** 0 takes a free one. */
  port: number
}>

/** What the providers hand to the operator: where they answer, and each service's credential. */
export type ProviderAccess = Readonly<{
  origin: string
  credentials: ReadonlyMap<SimulatedService, string>
  /** The parking database as its reader reaches it, at the same port. */
  databaseAddress: string
}>

export type RunningSimulator = ProviderAccess & Readonly<{ close: () => Promise<void> }>

/** Starts the providers' data services on loopback. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { databaseUrl } = options
  const pool = openPool({
    connectionString: databaseUrl,
    poolSize: 4,
    applicationName: 'provider-simulator',
  })
  await populate(pool)
  const { credentials } = await readAccess(pool, options.port)
  const app = createSimulator({ pool, credentials })
  const gate = await openProviderGate({ app, databaseUrl, port: options.port })
  return {
    ...(await readAccess(pool, gate.port)),
    close: async () => {
      await gate.close()
      await pool.end()
    },
  }
}

/** What a configuration names so that the platform may reach the providers of this port. */
export function providerOrigins(port: number): readonly string[] {
  return [`http://127.0.0.1:${port}`, `postgres://127.0.0.1:${port}`]
}

/** What the seed hands to the operator as the providers would. */
export async function simulatorAccess(
  of: Readonly<{ databaseUrl: string; port: number }>,
): Promise<ProviderAccess> {
  const pool = openPool({ connectionString: of.databaseUrl, poolSize: 1 })
  try {
    return await readAccess(pool, of.port)
  } finally {
    await pool.end()
  }
}

async function readAccess(pool: pg.Pool, port: number): Promise<ProviderAccess> {
  const { rows } = await pool.query<{ service: string; token: string; database: string }>(
    'select service, token, current_database() as database from service_credential',
  )
  const tokens = new Map(rows.map(({ service, token }) => [service, token]))
  const database = rows[0]?.database ?? ''
  return {
    origin: `http://127.0.0.1:${port}`,
    credentials: new Map(simulatedServices.map((service) => [service, tokens.get(service) ?? ''])),
    databaseAddress: `postgres://${database}_reader@127.0.0.1:${port}/${database}`,
  }
}
