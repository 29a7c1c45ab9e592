import { Redis } from 'ioredis'
import pg from 'pg'
import { redisOptions, type Config } from '#kernel/config.ts'

/** The database or Redis is not one the platform may serve on. The message says what to do. */
export class PreflightError extends Error {
  override name = 'PreflightError'
}

/** Errors: PreflightError when a migration of this version has not run, or one of a newer version has. */
export async function refusePendingMigrations(
  client: pg.ClientBase,
  known: readonly string[],
): Promise<void> {
  const { rows } = await client
    .query<{ name: string }>('select name from migration.kysely_migration order by name')
    .catch((error: pg.DatabaseError) => {
      if (error.code === '42P01' || error.code === '3F000') return { rows: [] }
      throw error
    })
  const ran = new Set(rows.map((row) => row.name))
  const pending = known.filter((name) => !ran.has(name))
  if (pending.length > 0)
    throw new PreflightError(
      `The database has ${pending.length} pending migration${pending.length === 1 ? '' : 's'} (first: ${pending[0]}). ` +
        'Run `npm run migrate` with DATABASE_OWNER_URL set, then start again.',
    )
  const unknown = [...ran].filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new PreflightError(
      `The database was migrated by a newer version (${unknown[0]}). Start that version, or restore a backup.`,
    )
}

const POWERS = `
select
  rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as has_powers,
  exists (select from pg_class where pg_has_role(current_user, relowner, 'member')) as owns_tables,
  exists (select from pg_database where datname = current_database()
    and pg_has_role(current_user, datdba, 'member')) as owns_database
from pg_roles where rolname = current_user`

/** Errors: PreflightError when the role owns a table or the database, or could take such a right. */
export async function refuseOwningRole(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Record<string, boolean>>(POWERS)
  const held = Object.entries(rows[0] ?? {}).filter(([, value]) => value)
  if (held.length > 0)
    throw new PreflightError(
      `DATABASE_URL signs in with a role that could change history (${held.map(([name]) => name.replaceAll('_', ' ')).join(', ')}). ` +
        'Use a plain login role that is only a member of platform_app; docs/operations.md says how to make one.',
    )
}

/** Errors: PreflightError when Redis could lose an acknowledged event, or cannot be asked and nobody answers for it. */
export async function refuseLooseRedis(redis: Redis, durabilityAssured: boolean): Promise<void> {
  const wanted = {
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  } as const
  for (const [name, value] of Object.entries(wanted)) {
    let found: string | undefined
    try {
      found = ((await redis.config('GET', name)) as string[])[1]
    } catch (error) {
      if (durabilityAssured) return
      throw new PreflightError(
        `Redis does not let its settings be read (${error instanceof Error ? error.message : String(error)}). ` +
          'If it runs with appendonly yes, appendfsync always and maxmemory-policy noeviction, set REDIS_DURABILITY_ASSURED=true.',
      )
    }
    if (found !== value)
      throw new PreflightError(
        `Redis has ${name} ${found ?? '(unknown)'}; usage events need ${name} ${value}. Change it in its configuration and start again.`,
      )
  }
}

async function checkDatabase(config: Config, known: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: config.databaseUrl })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw new PreflightError(
      `PostgreSQL cannot be reached (${error instanceof Error ? error.message : String(error)}). Check DATABASE_URL.`,
    )
  }
  try {
    await refusePendingMigrations(client, known)
    await refuseOwningRole(client)
  } finally {
    await client.end()
  }
}

async function checkRedis(config: Config): Promise<void> {
  const redis = new Redis({
    ...redisOptions(config),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  let reason = ''
  redis.on('error', (error) => (reason = error.message))
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw new PreflightError(
      `Redis cannot be reached (${reason || (error instanceof Error ? error.message : String(error))}). Check REDIS_URL.`,
    )
  }
  try {
    await refuseLooseRedis(redis, config.redisDurabilityAssured)
  } finally {
    redis.disconnect()
  }
}

/**
 * Looks whether the platform may serve on the configured database and Redis; `knownMigrations` are the names of this
 * version. Errors: PreflightError.
 */
export async function preflight(config: Config, knownMigrations: readonly string[]): Promise<void> {
  await checkDatabase(config, knownMigrations)
  await checkRedis(config)
}
