import pg from 'pg'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'
import { knownMigrations, migrateToLatest, migrateToNothing } from './migrate.ts'
import { tablesSource, writtenTables } from './write-tables.ts'

const database = useDatabase()

test('tables.ts says what a freshly migrated database is', async () => {
  expect(await writtenTables()).toBe(await tablesSource(database.ownerUrl))
})

test('every migration can be taken back and run again', async () => {
  await migrateToNothing(database.ownerUrl)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  const left = await owner.query(
    `select table_schema, table_name from information_schema.tables
     where table_schema in ('kernel', 'auth', 'governance', 'metering', 'billing')`,
  )
  await owner.end()
  expect(left.rows).toEqual([])
  expect(await migrateToLatest(database.ownerUrl)).toEqual(await knownMigrations())
})
