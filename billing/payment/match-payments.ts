import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { closeOutbox } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { mayMove, type BillStatus } from '#billing/bill/bill-lifecycle.ts'
import { matchPayment } from './match-payment.ts'
import { listUnmatchedEntries } from './payment.queries.ts'

export type MatchPayments = Readonly<{
  operatorId: Id<'org'>
  /** The announced work this carries out, closed when all entries have been looked at. */
  closes?: string
}>
export type MatchPaymentsResult = Readonly<{ matched: number; unmatched: number }>

/** The bills a remark names, in its order. */
const billNumbers = /ZD-[0-9]{4}-[0-9]{6,}/g

/**
 * Matches what needs no judgement: the remark names bills that can take money, all of one buyer whose
 * exact name the payer has. Everything else waits for a person.
 */
export async function matchPayments(
  ctx: Context,
  input: MatchPayments,
): Promise<MatchPaymentsResult> {
  requirePermission(ctx, 'payment:match')
  requireOwn(ctx, input.operatorId)
  const entries = await listUnmatchedEntries(ctx.db, input.operatorId)
  let matched = 0
  for (const entry of entries) {
    const numbers = [...new Set(entry.remark.match(billNumbers) ?? [])]
    const bills = await findBills(ctx, input.operatorId, numbers)
    const first = bills[0]
    const isClear =
      first !== undefined &&
      bills.length === numbers.length &&
      bills.every(
        (bill) =>
          bill.buyerName === entry.payerName &&
          bill.buyerId === first.buyerId &&
          mayMove(bill.status, 'settle_part'),
      )
    if (!isClear) continue
    await matchPayment(ctx, {
      bankEntryId: entry.bankEntryId,
      buyerId: first.buyerId,
      billIds: numbers.flatMap((number) =>
        bills.filter((bill) => bill.number === number).map((bill) => bill.billId),
      ),
    })
    matched += 1
  }
  const { closes } = input
  if (closes !== undefined) await inTransaction(ctx.db, (tx) => closeOutbox(tx, ctx.clock, closes))
  return { matched, unmatched: entries.length - matched }
}

type NamedBill = Readonly<{
  billId: Id<'bill'>
  number: string | null
  status: BillStatus
  buyerId: Id<'org'>
  buyerName: string
}>

async function findBills(
  ctx: Context,
  operatorId: string,
  numbers: readonly string[],
): Promise<NamedBill[]> {
  if (numbers.length === 0) return []
  const rows = await ctx.db
    .selectFrom('billing.bill_standing as s')
    .innerJoin('governance.organization as b', 'b.id', 's.buyer_id')
    .select(['s.bill_id', 's.number', 's.status', 's.buyer_id', 'b.name'])
    .where('s.operator_id', '=', operatorId)
    .where('s.number', 'in', numbers)
    .execute()
  return rows.map((row) => ({
    billId: row.bill_id as Id<'bill'>,
    number: row.number,
    status: row.status,
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.name,
  }))
}
