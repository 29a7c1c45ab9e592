import { randomBytes } from 'node:crypto'
import { openDatabase, type Database } from '#kernel/database.ts'
import { migrateToLatest } from '#migrations/migrate.ts'
import type { Postgres } from '#scripts/services/postgres.ts'
import { runSql } from './run-sql.ts'
import { withDatabase } from './services.ts'

const TEMPLATE = 'platform_template'

export type TestDatabase = Readonly<{
  /** Signed in as the application role, like every process of the platform. */
  db: Database
  /** Signed in as the owner: for arranging what the application may not do. */
  ownerDb: Database
  /** The address for the application role. */
  url: string
  ownerUrl: string
}>

export type OpenTestDatabase = TestDatabase & Readonly<{ close: () => Promise<void> }>

/** Makes the migrated database that the tests' own are copied from. */
export async function makeTemplate(postgres: Postgres): Promise<void> {
  const superuser = postgres.url('postgres', 'postgres')
  await runSql(superuser, `create database ${TEMPLATE} owner owner`)
  await migrateToLatest(postgres.url('owner', TEMPLATE))
  await runSql(
    superuser,
    `alter database ${TEMPLATE} with is_template true allow_connections false`,
  )
}

/** A private copy of the template in the server it was made in. */
export async function cloneTemplate(
  server: Readonly<{
    appUrl: string
    ownerUrl: string
    asSuperuser: (sql: string) => Promise<void>
  }>,
): Promise<OpenTestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await server.asSuperuser(
    `create database ${name} owner owner template ${TEMPLATE} strategy file_copy`,
  )
  const url = withDatabase(server.appUrl, name)
  const ownerUrl = withDatabase(server.ownerUrl, name)
  const db = openDatabase({ connectionString: url, poolSize: 10 })
  const ownerDb = openDatabase({ connectionString: ownerUrl, poolSize: 4 })
  return {
    db,
    ownerDb,
    url,
    ownerUrl,
    close: async () => {
      await Promise.all([db.destroy(), ownerDb.destroy()])
      await server.asSuperuser(`drop database ${name} with (force)`)
    },
  }
}
