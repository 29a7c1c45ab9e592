import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import type { UsageGrouping } from '#metering/index.ts'

type Name = Readonly<{ name: string; nameEn: string | null }>

/** What the buckets of a grouping are called; hours, days and result classes say it themselves. */
export async function namesOf(
  db: Database,
  of: Readonly<{ by: UsageGrouping; ids: readonly (string | null)[] }>,
): Promise<ReadonlyMap<string, Name>> {
  const ids = [...new Set(of.ids.filter((id) => id !== null))]
  if (ids.length === 0) return new Map()
  const rows = await rowsOf(db, of.by, ids)
  return new Map(rows.map(({ id, name, name_en }) => [id, { name, nameEn: name_en }]))
}

type NameRow = Readonly<{ id: string; name: string; name_en: string | null }>

async function rowsOf(
  db: Database,
  by: UsageGrouping,
  ids: readonly string[],
): Promise<readonly NameRow[]> {
  switch (by) {
    case 'product':
      return db
        .selectFrom('governance.product')
        .select(['id', 'name', 'name_en'])
        .where('id', 'in', ids)
        .execute()
    case 'buyer':
      return db
        .selectFrom('governance.organization')
        .select(['id', 'name', 'name_en'])
        .where('id', 'in', ids)
        .execute()
    case 'key':
      return db
        .selectFrom('governance.api_key')
        .select(['id', 'name'])
        .select((eb) => eb.val<string | null>(null).as('name_en'))
        .where('id', 'in', ids)
        .execute()
    case 'subscription':
      return (
        db
          .selectFrom('billing.subscription as s')
          .innerJoin('governance.product as p', 'p.id', 's.product_id')
          .innerJoin('governance.scenario as c', 'c.id', 's.scenario_id')
          // Not as a parameter: concat takes any type, so PostgreSQL could not tell that of the dot.
          .select([
            's.id',
            sql<string>`p.name || ' · ' || c.name`.as('name'),
            sql<string | null>`p.name_en || ' · ' || c.name_en`.as('name_en'),
          ])
          .where('s.id', 'in', ids)
          .execute()
      )
    case 'hour':
    case 'day':
    case 'result':
      return []
  }
}
