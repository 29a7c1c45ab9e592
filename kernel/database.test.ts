import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()

test('a connection that breaks while it is in use fails its query and nothing else', async () => {
  // An error that nobody listens to would end this process, and the test run with it.
  await expect(
    database.db.connection().execute(async (db) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db).catch(() => undefined)
      await sql`select 1`.execute(db)
    }),
  ).rejects.toThrow(/connection/i)
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(database.db)
  expect(rows).toEqual([{ one: 1 }])
})
