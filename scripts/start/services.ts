import pg from 'pg'
import type { LauncherSettings } from '#kernel/config.ts'
import { knownMigrations, migrateToLatest } from '#migrations/migrate.ts'
import type { DataFolder } from '#scripts/services/data-folder.ts'
import { openEmbedded, toolsFolderOf, type EmbeddedServices } from '#scripts/services/embedded.ts'
import { keepAlive, type KeptAlive, type Running } from '#scripts/services/keep-alive.ts'
import { seconds, type Say } from '#scripts/services/say.ts'
import { lastLogLines } from './processes.ts'
import { join } from 'node:path'

export type PlatformServices = Readonly<{
  /** The address of the application role. */
  databaseUrl: string
  redisUrl: string
  embeddedPostgres: boolean
  embeddedRedis: boolean
  /** Set when something is embedded. */
  embedded: EmbeddedServices | undefined
  kept: readonly KeptAlive[]
  /** Makes the simulator's own database and gives its address. Only with embedded PostgreSQL. */
  openSimulatorDatabase: () => Promise<string>
}>

export type ServicesOptions = Readonly<{
  settings: LauncherSettings
  folder: DataFolder
  say: Say
  /** Is told of each server as soon as it runs, so that a stop in the middle of starting ends it too. */
  onKept: (kept: KeptAlive) => void
  /** Is told of the data folder's sockets, which go when everything has stopped. */
  onOpened: (embedded: EmbeddedServices) => void
}>

async function ensureSimulatorDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const role = await client.query(`select 1 from pg_roles where rolname = 'simulator'`)
    if (role.rowCount === 0) await client.query('create role simulator login')
    // It makes the role by which the platform reads from it, as a provider would.
    await client.query(`alter role simulator createrole password ${client.escapeLiteral(password)}`)
    const database = await client.query(`select 1 from pg_database where datname = 'simulator'`)
    if (database.rowCount === 0) await client.query('create database simulator owner simulator')
  } finally {
    await client.end()
  }
}

/** Keeps an embedded server running and gives what its first start gave. */
async function keepServer<T extends Running>(
  options: ServicesOptions,
  name: 'PostgreSQL' | 'Redis',
  start: () => Promise<T>,
): Promise<T> {
  let first: T | undefined
  const kept = await keepAlive({
    name,
    say: options.say,
    lastWords: () =>
      lastLogLines(join(options.folder.path, name === 'Redis' ? 'redis.log' : 'postgres.log'), 12),
    start: async () => {
      const server = await start()
      first ??= server
      if (server.child.pid !== undefined) options.folder.noteChild(server.child.pid)
      return server
    },
  })
  options.onKept(kept)
  if (!first) throw new Error(`${name} was not started`)
  return first
}

/** Starts whatever of PostgreSQL and Redis is not given by the environment; embedded PostgreSQL is migrated. */
export async function startServices(options: ServicesOptions): Promise<PlatformServices> {
  const { settings, folder, say } = options
  const started = performance.now()
  const embeddedPostgres = settings.databaseUrl === undefined
  const embeddedRedis = settings.redisUrl === undefined
  const kept: KeptAlive[] = []
  const noting: ServicesOptions = {
    ...options,
    onKept: (one) => {
      kept.push(one)
      options.onKept(one)
    },
  }
  const embedded =
    embeddedPostgres || embeddedRedis
      ? openEmbedded({
          dataFolder: folder.path,
          toolsFolder: toolsFolderOf(folder.path),
          durable: true,
          say,
        })
      : undefined
  if (embedded) options.onOpened(embedded)
  const [postgres, redis] = await Promise.all([
    embeddedPostgres && embedded
      ? keepServer(noting, 'PostgreSQL', embedded.startPostgres)
      : undefined,
    embeddedRedis && embedded ? keepServer(noting, 'Redis', embedded.startRedis) : undefined,
  ])
  if (embedded) say(`Data services ready in ${seconds(started)} (data in ${folder.path})`)
  if (postgres) {
    const ran = await migrateToLatest(postgres.url('owner'))
    if (ran.length > 0)
      say(`Database: ${ran.length} of ${(await knownMigrations()).length} migrations ran`)
  }
  return {
    databaseUrl: settings.databaseUrl ?? postgres?.url('app') ?? '',
    redisUrl: settings.redisUrl ?? redis?.url() ?? '',
    embeddedPostgres,
    embeddedRedis,
    embedded,
    kept,
    openSimulatorDatabase: async () => {
      if (!postgres || !embedded) throw new Error('the simulator needs the embedded PostgreSQL')
      await ensureSimulatorDatabase(
        postgres.url('postgres', 'postgres'),
        embedded.secrets.simulatorPassword,
      )
      return postgres.url('simulator', 'simulator')
    },
  }
}
