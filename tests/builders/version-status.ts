import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'

/** Where a product version stands, as the row says it. */
export async function getVersionStatus(db: Database, id: Id<'pver'>): Promise<string> {
  const row = await db
    .selectFrom('governance.product_version')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.status
}
