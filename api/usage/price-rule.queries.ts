import type { BillableRule } from '#billing/index.ts'
import type { Database } from '#kernel/database.ts'

/** When the posted price of an event charges. */
export async function findPriceRule(
  db: Database,
  postedPriceId: string,
): Promise<Readonly<{ billableRule: BillableRule; form: string }> | null> {
  const row = await db
    .selectFrom('billing.posted_price as p')
    .innerJoin('billing.price_item as i', 'i.id', 'p.price_item_id')
    .select(['i.billable_rule', 'i.form'])
    .where('p.id', '=', postedPriceId)
    .executeTakeFirst()
  return row ? { billableRule: row.billable_rule as BillableRule, form: row.form } : null
}
