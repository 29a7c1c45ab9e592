import { sql } from 'kysely'
import type { Tx } from '#kernel/database.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { billedOf, byGateway, unbilledUse } from './cost-sql.ts'

/**
 * Keeps how much of what the gateway has counted an issued bill takes over. From this commit on it is owed
 * as the bill says, and no longer used up as it was counted: both sides of the budget move in one commit.
 */
export async function insertBillMetering(
  tx: Tx,
  bill: Readonly<{ billId: string; month: Month }>,
): Promise<void> {
  const { to } = monthPeriod(bill.month)
  const takenOver = unbilledUse(
    `${byGateway} and e.occurred_at < a.used_before and e.batch <= a.usage_through_batch`,
  )
  await sql`
    insert into billing.bill_metering (bill_id, buyer_id, operator_id, month, used_before, through_batch,
      metered_micro_yuan)
    select a.id, a.buyer_id, a.operator_id, a.month, a.used_before, a.usage_through_batch, metered.micro_yuan
    from (select b.*, ${to}::timestamptz as used_before from billing.bill b where b.id = ${bill.billId}) a
    cross join lateral ${sql.raw(billedOf)} billed
    cross join lateral ${sql.raw(takenOver)} metered`.execute(tx)
}
