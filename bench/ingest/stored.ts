import type { Database } from '#kernel/database.ts'

/** How many events the writer says it has committed. */
export async function committedEvents(db: Database): Promise<number> {
  const row = await db
    .selectFrom('metering.shard')
    .select((eb) => eb.fn.sum<string>('committed_events').as('events'))
    .executeTakeFirst()
  return Number(row?.events ?? 0)
}

/** How many events are there, counted one by one. */
export async function storedEvents(db: Database): Promise<number> {
  const row = await db
    .selectFrom('metering.usage_event')
    .select((eb) => eb.fn.countAll<string>().as('events'))
    .executeTakeFirst()
  return Number(row?.events ?? 0)
}

export async function parkedEntries(db: Database): Promise<number> {
  const row = await db
    .selectFrom('metering.parked_entry')
    .select((eb) => eb.fn.countAll<string>().as('entries'))
    .executeTakeFirst()
  return Number(row?.entries ?? 0)
}
