import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { moneyFromFen, subtractMoney } from '#kernel/money.ts'
import { type Day, dayOf, type Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import type { BillDocument, BillHead, BillObjection, BillParking, BillPayment } from './bill.ts'
import { listBillLines } from './list-bill-lines.ts'

type Filter = Readonly<{
  billId?: string
  buyerId?: string
  operatorId?: string
  month?: string
  onlyIssued: boolean
}>

/**
 * Buyers see their own issued bills, the operator its own in every state but discarded, bureaus and
 * auditor every issued one; newest month first.
 */
export async function listBills(
  ctx: Context,
  input: Readonly<{ buyerId?: Id<'org'>; month?: Month }> = {},
): Promise<BillHead[]> {
  requirePermission(ctx, 'bill:read')
  return findHeads(ctx, filterFor(ctx, input))
}

/** A bill with its lines, objections and payments; NOT_FOUND where it is not the asker's to see. */
export async function getBill(
  ctx: Context,
  input: Readonly<{ billId: Id<'bill'> }>,
): Promise<BillDocument> {
  requirePermission(ctx, 'bill:read')
  const [head] = await findHeads(ctx, { ...filterFor(ctx, {}), billId: input.billId })
  if (head === undefined) throw new DomainError('NOT_FOUND')
  const frozen = await ctx.db
    .selectFrom('billing.bill')
    .select(['content_digest', 'usage_through_batch'])
    .where('id', '=', head.billId)
    .executeTakeFirstOrThrow()
  return {
    ...head,
    contentDigest: frozen.content_digest,
    usageThroughBatch: frozen.usage_through_batch,
    lines: await listBillLines(ctx.db, { billId: head.billId }),
    objections: await listObjections(ctx.db, head.billId),
    payments: await listBillPayments(ctx.db, head.billId),
  }
}

function filterFor(ctx: Context, input: Readonly<{ buyerId?: string; month?: string }>): Filter {
  const buyerId = ownBuyer(ctx) ?? input.buyerId
  const operatorId = ownOperator(ctx)
  return {
    onlyIssued: operatorId === undefined && ctx.actor.kind !== 'system',
    ...(buyerId === undefined ? {} : { buyerId }),
    ...(operatorId === undefined ? {} : { operatorId }),
    ...(input.month === undefined ? {} : { month: input.month }),
  }
}

async function findHeads(ctx: Context, filter: Filter): Promise<BillHead[]> {
  const rows = await headRows(ctx.db, filter)
  const today = dayOf(ctx.clock.now())
  return rows.map((row) => headFromRow(row, today))
}

function headRows(db: Database, filter: Filter) {
  return db
    .selectFrom('billing.bill_standing as s')
    .innerJoin('billing.bill as b', 'b.id', 's.bill_id')
    .innerJoin('governance.organization as buyer', 'buyer.id', 's.buyer_id')
    .innerJoin('governance.organization as operator', 'operator.id', 's.operator_id')
    .select([
      's.bill_id',
      's.number',
      's.buyer_id',
      'buyer.name as buyer_name',
      's.operator_id',
      'operator.name as operator_name',
      's.month',
      'b.version',
      's.status',
      'b.gross_fen',
      'b.net_fen',
      'b.tax_fen',
      's.settled_fen',
      'b.composed_at',
      's.operator_confirmed_at',
      's.issued_at',
      's.objection_until',
      's.confirmed_at',
      's.confirmed_by',
      's.due_on',
    ])
    .where('s.status', '<>', 'discarded')
    .$if(filter.onlyIssued, (q) => q.where('s.number', 'is not', null))
    .$if(filter.billId !== undefined, (q) => q.where('s.bill_id', '=', filter.billId ?? ''))
    .$if(filter.buyerId !== undefined, (q) => q.where('s.buyer_id', '=', filter.buyerId ?? ''))
    .$if(filter.operatorId !== undefined, (q) =>
      q.where('s.operator_id', '=', filter.operatorId ?? ''),
    )
    .$if(filter.month !== undefined, (q) => q.where('s.month', '=', filter.month ?? ''))
    .orderBy('s.month', 'desc')
    .orderBy('buyer.name')
    .execute()
}

function headFromRow(row: Awaited<ReturnType<typeof headRows>>[number], today: Day): BillHead {
  const grossFen = moneyFromFen(row.gross_fen)
  const settledFen = moneyFromFen(row.settled_fen)
  const outstandingFen = subtractMoney(grossFen, settledFen)
  const isOpen = outstandingFen > 0n && row.status !== 'written_off'
  return {
    billId: row.bill_id as Id<'bill'>,
    number: row.number,
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.buyer_name,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.operator_name,
    month: row.month as Month,
    version: row.version,
    status: row.status,
    isOverdue: isOpen && row.due_on !== null && row.due_on < today,
    grossFen,
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    settledFen,
    outstandingFen,
    composedAt: row.composed_at,
    operatorConfirmedAt: row.operator_confirmed_at,
    issuedAt: row.issued_at,
    objectionUntil: row.objection_until,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    dueOn: row.due_on as Day | null,
  }
}

async function listObjections(db: Database, billId: string): Promise<BillObjection[]> {
  const rows = await db
    .selectFrom('billing.bill_objection')
    .select(['id', 'bill_line_id', 'reason', 'objected_at', 'verdict', 'decision', 'decided_at'])
    .where('bill_id', '=', billId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    objectionId: row.id as Id<'objection'>,
    billLineId: row.bill_line_id as Id<'line'> | null,
    reason: row.reason,
    objectedAt: row.objected_at,
    verdict: row.verdict,
    decision: row.decision,
    decidedAt: row.decided_at,
  }))
}

async function listBillPayments(db: Database, billId: string): Promise<BillPayment[]> {
  const rows = await db
    .selectFrom('billing.payment_allocation as a')
    .innerJoin('billing.payment as p', 'p.id', 'a.payment_id')
    .innerJoin('billing.bank_entry as e', 'e.id', 'p.bank_entry_id')
    .select([
      'a.id',
      'a.payment_id',
      'a.amount_fen',
      'e.paid_on',
      'e.bank_reference',
      'a.allocated_at',
    ])
    .where('a.bill_id', '=', billId)
    .orderBy('a.allocated_at')
    .orderBy('a.id')
    .execute()
  return rows.map((row) => ({
    allocationId: row.id as Id<'match'>,
    paymentId: row.payment_id as Id<'payment'>,
    amountFen: moneyFromFen(row.amount_fen),
    paidOn: row.paid_on as Day,
    bankReference: row.bank_reference,
    allocatedAt: row.allocated_at,
  }))
}

/** What could not be billed and why, oldest first; the operator's own. */
export async function listBillParkings(ctx: Context): Promise<BillParking[]> {
  requirePermission(ctx, 'bill:run')
  const operatorId = ownOperator(ctx)
  const rows = await ctx.db
    .selectFrom('billing.bill_parking as p')
    .innerJoin('governance.organization as b', 'b.id', 'p.buyer_id')
    .select([
      'p.id',
      'p.operator_id',
      'p.buyer_id',
      'b.name as buyer_name',
      'p.month',
      'p.reason',
      'p.detail',
      'p.parked_at',
    ])
    .where('p.resolved_at', 'is', null)
    .$if(operatorId !== undefined, (q) => q.where('p.operator_id', '=', operatorId ?? ''))
    .orderBy('p.parked_at')
    .execute()
  return rows.map((row) => ({
    parkingId: row.id,
    operatorId: row.operator_id as Id<'org'>,
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.buyer_name,
    month: row.month as Month,
    reason: row.reason,
    detail: row.detail as Readonly<Record<string, string>>,
    parkedAt: row.parked_at,
  }))
}
