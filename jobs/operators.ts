import type { Database } from '#kernel/database.ts'
import { type Id, parseId } from '#kernel/ids.ts'

/** The operators that work now; a city may have more than one over the years. */
export async function activeOperators(db: Database): Promise<Id<'org'>[]> {
  const rows = await db
    .selectFrom('governance.organization')
    .select('id')
    .where('kind', '=', 'operator')
    .where('status', 'in', ['active', 'suspended'])
    .orderBy('id')
    .execute()
  return rows.map((row) => parseId('org', row.id))
}
