import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
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

test('a pool that prepares plans a statement once and survives a migration that changes its result', async () => {
  const db = openDatabase({ connectionString: database.url, poolSize: 1, prepares: true })
  const owner = database.ownerDb
  await sql`create table metering.prepared (id int primary key, value int)`.execute(owner)
  await sql`grant select on metering.prepared to public`.execute(owner)
  await sql`insert into metering.prepared values (1, 2), (2, 3)`.execute(owner)
  const read = (id: number) =>
    sql<{ value: unknown }>`select value from metering.prepared where id = ${id}`.execute(db)
  try {
    expect((await read(1)).rows).toEqual([{ value: 2 }])
    expect((await read(2)).rows).toEqual([{ value: 3 }])
    const { rows } = await sql`select statement from pg_prepared_statements`.execute(db)
    expect(rows).toEqual([{ statement: 'select value from metering.prepared where id = $1' }])
    await sql`alter table metering.prepared alter value type text`.execute(owner)
    await expect(read(1)).rejects.toThrow('cached plan')
    expect((await read(1)).rows).toEqual([{ value: '2' }])
  } finally {
    await db.destroy()
    await sql`drop table metering.prepared`.execute(owner)
  }
})
