import { type RawBuilder, sql } from 'kysely'
import type { Database } from '#kernel/database.ts'

/** Whether the `product_id` of a row is an operator's. */
export function isOfOperator(operatorId: string): RawBuilder<boolean> {
  return sql<boolean>`(product_id in (select id from governance.product where operator_id = ${operatorId}))`
}

/** Which of these products are an operator's. */
export async function productsOfOperator(
  db: Database,
  of: Readonly<{ operatorId: string; productIds: readonly string[] }>,
): Promise<string[]> {
  if (of.productIds.length === 0) return []
  const rows = await db
    .selectFrom('governance.product')
    .select('id')
    .where('id', 'in', of.productIds)
    .where('operator_id', '=', of.operatorId)
    .execute()
  return rows.map((row) => row.id)
}
