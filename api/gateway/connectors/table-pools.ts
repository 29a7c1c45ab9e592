import pg from 'pg'
import { EgressError } from '#kernel/egress.ts'
import { type EgressPolicy, socketFolderOf } from '#kernel/egress-policy.ts'
import type { OpenUpstream } from '#api/gateway/connector.ts'
import { requireReader } from './reader-role.ts'
import { type TableSettings, tableTypes } from './table-query.ts'

/** A role may be given more rights later: each connection is made, and looked at, anew after so long. */
const connectionSeconds = 600
const idleMs = 30_000

/** What a connection is made from. */
type Connectable = Pick<OpenUpstream, 'upstreamId' | 'address' | 'secret'> &
  Readonly<{ delivery: Pick<OpenUpstream['delivery'], 'timeoutMs'> }>

export type TablePools = Readonly<{
  /** A connection whose role can only read. Errors: EgressError, NotAReader, those of the database. */
  connect: (upstream: Connectable, settings: TableSettings) => Promise<pg.PoolClient>
  close: () => Promise<void>
}>

/** A pool for each upstream; they are as few as product versions in use. */
export function createTablePools(policy: EgressPolicy): TablePools {
  const pools = new Map<string, pg.Pool>()
  return {
    connect: async (upstream, settings) => {
      const known = pools.get(upstream.upstreamId)
      const pool = known ?? new pg.Pool(poolOptions(policy, upstream, settings))
      if (!known) {
        // An idle connection that breaks is replaced at the next call.
        pool.on('error', () => undefined)
        // One that breaks while it is used fails its query; told to nobody, the error would end the process.
        pool.on('connect', (client) => client.on('error', () => undefined))
        pools.set(upstream.upstreamId, pool)
      }
      return pool.connect()
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}

function poolOptions(
  policy: EgressPolicy,
  upstream: Connectable,
  settings: TableSettings,
): pg.PoolConfig {
  const admitted = policy.admitDatabase(upstream.address)
  const { url, isTrusted } = admitted
  if (settings.tls === 'off' && !isTrusted) throw new EgressError('not_allowed', url.host)
  const limitMs = upstream.delivery.timeoutMs
  const folder = socketFolderOf(url)
  const config: pg.PoolConfig & { verify: Verify } = {
    host: folder ?? url.hostname,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    password: upstream.secret ?? '',
    ssl:
      settings.tls === 'off'
        ? false
        : {
            rejectUnauthorized: true,
            ...(settings.certificateAuthority ? { ca: settings.certificateAuthority } : {}),
          },
    stream: () => policy.openSocket(admitted),
    max: settings.connectionsMax,
    connectionTimeoutMillis: limitMs,
    idleTimeoutMillis: idleMs,
    maxLifetimeSeconds: connectionSeconds,
    application_name: 'data-marketplace-gateway',
    statement_timeout: limitMs,
    options: '-c default_transaction_read_only=on',
    types: tableTypes,
    verify: (client, done) => void checkReader(client, done),
  }
  return config
}

async function checkReader(client: pg.PoolClient, done: (error?: Error) => void): Promise<void> {
  let refused: Error | undefined
  try {
    await requireReader(client)
  } catch (error) {
    refused = error as Error
  }
  done(refused)
}

/** pg's pool hands out a new connection only after this; its types do not know it. */
type Verify = (client: pg.PoolClient, done: (error?: Error) => void) => void
