import { readdir } from 'node:fs/promises'
import { Kysely, PostgresDialect } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import pg from 'pg'

const versionsFolder = new URL('./versions/', import.meta.url)

const fromFiles: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(versionsFolder)).filter((name) => name.endsWith('.ts')).sort()
    const found: Record<string, Migration> = {}
    for (const file of files) {
      found[file.replace(/\.ts$/, '')] = (await import(
        new URL(file, versionsFolder).href
      )) as Migration
    }
    return found
  },
}

async function withMigrator<T>(
  ownerUrl: string,
  use: (migrator: Migrator) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  // The pool says that it has ended before its connection has: one cut off in between is no failure of a migration.
  pool.on('error', () => {})
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    return await use(
      new Migrator({
        db,
        provider: fromFiles,
        migrationTableSchema: 'migration',
        allowUnorderedMigrations: false,
      }),
    )
  } finally {
    await db.destroy()
  }
}

/**
 * Brings the database of `ownerUrl` to the newest version and returns the names that ran.
 * Only the owner role may do this; the application never does.
 */
export async function migrateToLatest(
  ownerUrl: string,
  onProgress: (name: string) => void = () => {},
): Promise<string[]> {
  return withMigrator(ownerUrl, async (migrator) => {
    const { error, results } = await migrator.migrateToLatest()
    for (const result of results ?? [])
      if (result.status === 'Success') onProgress(result.migrationName)
    if (error) throw asError(error)
    return (results ?? []).map((result) => result.migrationName)
  })
}

/** Takes every migration back, newest first; for tests that prove each `down`. */
export async function migrateToNothing(ownerUrl: string): Promise<void> {
  await withMigrator(ownerUrl, async (migrator) => {
    for (;;) {
      const { error, results } = await migrator.migrateDown()
      if (error) throw asError(error)
      if (!results || results.length === 0) return
    }
  })
}

/** The names of all migrations of this version of the software, oldest first. */
export async function knownMigrations(): Promise<string[]> {
  return Object.keys(await fromFiles.getMigrations())
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
