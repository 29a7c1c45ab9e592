import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import type { Day, Month } from '#kernel/period.ts'

/** One part of a bill settled by a matched payment: what *received* means for split and statement. */
export type Receipt = Readonly<{
  allocationId: Id<'match'>
  paymentId: Id<'payment'>
  billId: Id<'bill'>
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  billMonth: Month
  billNumber: string
  amountFen: Money
  netFen: Money
  taxFen: Money
  settledBeforeFen: Money
  paidOn: Day
  allocatedAt: Date
}>

/** Receipts allocated in [from, to), in order of allocation, then bill and what it had received: what a statement is made from. */
export async function listReceipts(
  db: Database,
  input: Readonly<{ operatorId: Id<'org'>; from: Date; to: Date }>,
): Promise<Receipt[]> {
  const rows = await db
    .selectFrom('billing.payment_allocation as a')
    .innerJoin('billing.payment as p', 'p.id', 'a.payment_id')
    .innerJoin('billing.bank_entry as e', 'e.id', 'p.bank_entry_id')
    .innerJoin('billing.bill_standing as s', 's.bill_id', 'a.bill_id')
    .select([
      'a.id',
      'a.payment_id',
      'a.bill_id',
      'p.buyer_id',
      'p.operator_id',
      's.month',
      's.number',
      'a.amount_fen',
      'a.net_fen',
      'a.tax_fen',
      'a.settled_before_fen',
      'e.paid_on',
      'a.allocated_at',
    ])
    .where('p.operator_id', '=', input.operatorId)
    .where('a.allocated_at', '>=', input.from)
    .where('a.allocated_at', '<', input.to)
    .orderBy('a.allocated_at')
    .orderBy('a.bill_id')
    .orderBy('a.settled_before_fen')
    .execute()
  return rows.map((row) => ({
    allocationId: row.id as Id<'match'>,
    paymentId: row.payment_id as Id<'payment'>,
    billId: row.bill_id as Id<'bill'>,
    buyerId: row.buyer_id as Id<'org'>,
    operatorId: row.operator_id as Id<'org'>,
    billMonth: row.month as Month,
    billNumber: row.number ?? '',
    amountFen: moneyFromFen(row.amount_fen),
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    settledBeforeFen: moneyFromFen(row.settled_before_fen),
    paidOn: row.paid_on as Day,
    allocatedAt: row.allocated_at,
  }))
}
