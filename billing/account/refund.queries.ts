import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'

export type RefundStatus = 'requested' | 'approved' | 'refused'
export type BalanceRefund = Readonly<{
  refundId: Id<'refund'>
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  amountFen: Money
  payeeAccount: string
  reason: string
  requestedBy: string
  requestedAt: Date
  status: RefundStatus
  decidedAt: Date | null
  note: string | null
}>

const columns = [
  'id',
  'buyer_id',
  'operator_id',
  'amount_fen',
  'payee_account',
  'reason',
  'requested_by',
  'requested_at',
  'status',
  'decided_at',
  'note',
] as const

type Row = Readonly<{
  id: string
  buyer_id: string
  operator_id: string
  amount_fen: bigint
  payee_account: string
  reason: string
  requested_by: string
  requested_at: Date
  status: RefundStatus
  decided_at: Date | null
  note: string | null
}>

function refundFromRow(row: Row): BalanceRefund {
  return {
    refundId: row.id as Id<'refund'>,
    buyerId: row.buyer_id as Id<'org'>,
    operatorId: row.operator_id as Id<'org'>,
    amountFen: moneyFromFen(row.amount_fen),
    payeeAccount: row.payee_account,
    reason: row.reason,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    status: row.status,
    decidedAt: row.decided_at,
    note: row.note,
  }
}

export async function lockRefund(tx: Tx, refundId: string): Promise<BalanceRefund | undefined> {
  const row = await tx
    .selectFrom('billing.balance_refund')
    .select(columns)
    .where('id', '=', refundId)
    .forUpdate()
    .executeTakeFirst()
  return row && refundFromRow(row)
}

/** Newest first. */
export async function listRefunds(
  db: Database,
  of: Readonly<{ buyerId?: string | undefined; operatorId?: string | undefined }>,
): Promise<BalanceRefund[]> {
  const rows = await db
    .selectFrom('billing.balance_refund')
    .select(columns)
    .$if(of.buyerId !== undefined, (q) => q.where('buyer_id', '=', of.buyerId ?? ''))
    .$if(of.operatorId !== undefined, (q) => q.where('operator_id', '=', of.operatorId ?? ''))
    .orderBy('id', 'desc')
    .execute()
  return rows.map(refundFromRow)
}

export async function insertRefund(
  tx: Tx,
  refund: Omit<BalanceRefund, 'status' | 'decidedAt' | 'note'>,
): Promise<void> {
  await tx
    .insertInto('billing.balance_refund')
    .values({
      id: refund.refundId,
      buyer_id: refund.buyerId,
      operator_id: refund.operatorId,
      amount_fen: refund.amountFen,
      payee_account: refund.payeeAccount,
      reason: refund.reason,
      requested_by: refund.requestedBy,
      requested_at: refund.requestedAt,
    })
    .execute()
}

export async function saveRefundVerdict(
  tx: Tx,
  refundId: string,
  verdict: Readonly<{ status: 'approved' | 'refused'; by: string; at: Date; note: string }>,
): Promise<void> {
  await tx
    .updateTable('billing.balance_refund')
    .set({
      status: verdict.status,
      decided_by: verdict.by,
      decided_at: verdict.at,
      note: verdict.note,
    })
    .where('id', '=', refundId)
    .execute()
}

export async function insertRefundPart(
  tx: Tx,
  part: Readonly<{ refundId: string; paymentId: string; amountFen: Money }>,
): Promise<void> {
  await tx
    .insertInto('billing.balance_refund_part')
    .values({
      refund_id: part.refundId,
      payment_id: part.paymentId,
      amount_fen: part.amountFen,
    })
    .execute()
}
