import { sql } from 'kysely'
import type { Tx } from '#kernel/database.ts'

type KnownTable = 'billing.price_item' | 'billing.posted_price' | 'billing.tax_rate'

/** Ends what was known of rows: from `at` on, truer ones stand in their place. */
export async function closeKnown(
  tx: Tx,
  table: KnownTable,
  input: Readonly<{ ids: readonly string[]; at: Date }>,
): Promise<void> {
  if (input.ids.length === 0) return
  await sql`
    update ${sql.table(table)} set known = tstzrange(lower(known), ${input.at}::timestamptz, '[)')
    where id = any (${[...input.ids]}::text[]) and upper_inf(known)`.execute(tx)
}
