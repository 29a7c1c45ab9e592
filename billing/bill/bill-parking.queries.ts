import type { Tx } from '#kernel/database.ts'
import type { BillKey } from './bill.queries.ts'

/** Shows the operator why there is no bill; the same reason once while it is open. */
export async function parkBill(
  tx: Tx,
  input: Readonly<{
    parkingId: string
    key: BillKey
    reason: string
    detail: Readonly<Record<string, string>>
    at: Date
  }>,
): Promise<void> {
  await tx
    .insertInto('billing.bill_parking')
    .values({
      id: input.parkingId,
      operator_id: input.key.operatorId,
      buyer_id: input.key.buyerId,
      month: input.key.month,
      reason: input.reason,
      detail: JSON.stringify(input.detail),
      parked_at: input.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function resolveParkings(tx: Tx, key: BillKey, at: Date): Promise<void> {
  await tx
    .updateTable('billing.bill_parking')
    .set({ resolved_at: at })
    .where('operator_id', '=', key.operatorId)
    .where('buyer_id', '=', key.buyerId)
    .where('month', '=', key.month)
    .where('resolved_at', 'is', null)
    .execute()
}
