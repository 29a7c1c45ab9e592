import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import { type Day, dayOf, type Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator } from '#billing/own.ts'

/** What was billed, what of it came in, and what was used for nothing; tax-inclusive. */
export type RevenueBoard = Readonly<{
  asOf: Date
  months: readonly RevenueMonth[]
  products: readonly RevenueOfProduct[]
  buyers: readonly RevenueOfBuyer[]
  /** Null where no maximum permitted revenue is recorded: 未核定. */
  permitted: PermittedProgress | null
}>
export type RevenueMonth = Readonly<{
  month: Month
  billedFen: Money
  settledFen: Money
  bills: number
  calls: bigint
  billedCalls: bigint
  publicInterestCalls: bigint
}>
export type RevenueOfProduct = Readonly<{
  productId: Id<'product'>
  productName: string
  amountFen: Money
  calls: bigint
  billedCalls: bigint
  publicInterestCalls: bigint
}>
export type RevenueOfBuyer = Readonly<{
  buyerId: Id<'org'>
  buyerName: string
  billedFen: Money
  settledFen: Money
  overdueFen: Money
}>
export type PermittedProgress = Readonly<{
  documentNumber: string
  cycleFrom: Day
  cycleTo: Day
  taxInclusive: boolean
  permittedFen: Money
  revenueFen: Money
}>

type Span = Readonly<{ operatorId: string; from: string; to: string }>

/**
 * Revenue of an operator over whole months, from issued bills (R60, R61). An operator sees its own.
 * Errors: FORBIDDEN, NOT_FOUND (another operator).
 */
export async function readRevenueBoard(
  ctx: Context,
  input: Readonly<{ operatorId: Id<'org'>; from: Month; to: Month }>,
): Promise<RevenueBoard> {
  requirePermission(ctx, 'revenue:read')
  const own = ownOperator(ctx)
  if (own !== undefined && own !== input.operatorId) throw new DomainError('NOT_FOUND')
  const { db } = ctx
  const asOf = ctx.clock.now()
  return {
    asOf,
    months: await listMonths(db, input),
    products: await listProductsOf(db, input),
    buyers: await listBuyersOf(db, { ...input, today: dayOf(asOf) }),
    permitted: await findPermitted(db, { operatorId: input.operatorId, today: dayOf(asOf) }),
  }
}

async function listMonths(db: Database, span: Span): Promise<RevenueMonth[]> {
  const { rows } = await sql<{
    month: string
    billed: string
    settled: string
    bills: number
    calls: string
    billed_calls: string
    public_calls: string
  }>`
    with bills as (
      select s.bill_id, s.month, s.gross_fen, s.settled_fen from billing.bill_standing s
      where s.operator_id = ${span.operatorId} and s.number is not null
        and s.month between ${span.from} and ${span.to}),
    used as (
      select b.month, sum(l.calls) as calls, sum(l.billed_calls) as billed_calls,
        sum(l.calls) filter (where l.purpose_class = 'public_interest') as public_calls
      from bills b join billing.bill_line l on l.bill_id = b.bill_id
      where l.kind in ('usage', 'free', 'late') group by b.month)
    select b.month, sum(b.gross_fen)::text as billed, sum(b.settled_fen)::text as settled,
      count(*)::int as bills, coalesce(max(u.calls), 0)::text as calls,
      coalesce(max(u.billed_calls), 0)::text as billed_calls,
      coalesce(max(u.public_calls), 0)::text as public_calls
    from bills b left join used u on u.month = b.month group by b.month order by b.month`.execute(
    db,
  )
  return rows.map((row) => ({
    month: row.month as Month,
    billedFen: moneyFromFen(BigInt(row.billed)),
    settledFen: moneyFromFen(BigInt(row.settled)),
    bills: row.bills,
    calls: BigInt(row.calls),
    billedCalls: BigInt(row.billed_calls),
    publicInterestCalls: BigInt(row.public_calls),
  }))
}

async function listProductsOf(db: Database, span: Span): Promise<RevenueOfProduct[]> {
  const { rows } = await sql<{
    product_id: string
    name: string
    amount: string
    calls: string
    billed_calls: string
    public_calls: string
  }>`
    select l.product_id, p.name, sum(l.amount_fen)::text as amount, sum(l.calls)::text as calls,
      sum(l.billed_calls)::text as billed_calls,
      coalesce(sum(l.calls) filter (where l.purpose_class = 'public_interest'), 0)::text as public_calls
    from billing.bill_standing s
    join billing.bill_line l on l.bill_id = s.bill_id
    join governance.product p on p.id = l.product_id
    where s.operator_id = ${span.operatorId} and s.number is not null
      and s.month between ${span.from} and ${span.to}
    group by l.product_id, p.name order by sum(l.amount_fen) desc, l.product_id`.execute(db)
  return rows.map((row) => ({
    productId: row.product_id as Id<'product'>,
    productName: row.name,
    amountFen: moneyFromFen(BigInt(row.amount)),
    calls: BigInt(row.calls),
    billedCalls: BigInt(row.billed_calls),
    publicInterestCalls: BigInt(row.public_calls),
  }))
}

async function listBuyersOf(
  db: Database,
  span: Span & Readonly<{ today: string }>,
): Promise<RevenueOfBuyer[]> {
  const { rows } = await sql<{
    buyer_id: string
    name: string
    billed: string
    settled: string
    overdue: string
  }>`
    select s.buyer_id, o.name, sum(s.gross_fen)::text as billed, sum(s.settled_fen)::text as settled,
      coalesce(sum(s.gross_fen - s.settled_fen)
        filter (where s.due_on < ${span.today} and s.status <> 'written_off'), 0)::text as overdue
    from billing.bill_standing s join governance.organization o on o.id = s.buyer_id
    where s.operator_id = ${span.operatorId} and s.number is not null
      and s.month between ${span.from} and ${span.to}
    group by s.buyer_id, o.name order by sum(s.gross_fen) desc, s.buyer_id`.execute(db)
  return rows.map((row) => ({
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.name,
    billedFen: moneyFromFen(BigInt(row.billed)),
    settledFen: moneyFromFen(BigInt(row.settled)),
    overdueFen: moneyFromFen(BigInt(row.overdue)),
  }))
}

/** The maximum in force today and what was billed in its cycle so far, on the basis it was verified on. */
async function findPermitted(
  db: Database,
  of: Readonly<{ operatorId: string; today: string }>,
): Promise<PermittedProgress | null> {
  const row = await db
    .selectFrom('billing.permitted_revenue as r')
    .innerJoin('governance.policy_document as d', 'd.id', 'r.document_id')
    .select(['d.number', 'r.cycle_from', 'r.cycle_to', 'r.tax_inclusive', 'r.result_fen'])
    .where('r.operator_id', '=', of.operatorId)
    .where('r.cycle_from', '<=', of.today)
    .where('r.cycle_to', '>=', of.today)
    .orderBy('r.recorded_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const { rows } = await sql<{ gross: string; net: string }>`
    select coalesce(sum(b.gross_fen), 0)::text as gross, coalesce(sum(b.net_fen), 0)::text as net
    from billing.bill_standing s join billing.bill b on b.id = s.bill_id
    where s.operator_id = ${of.operatorId} and s.number is not null
      and s.month between ${row.cycle_from.slice(0, 7)} and ${row.cycle_to.slice(0, 7)}`.execute(db)
  return {
    documentNumber: row.number,
    cycleFrom: row.cycle_from as Day,
    cycleTo: row.cycle_to as Day,
    taxInclusive: row.tax_inclusive,
    permittedFen: moneyFromFen(row.result_fen),
    revenueFen: moneyFromFen(BigInt((row.tax_inclusive ? rows[0]?.gross : rows[0]?.net) ?? '0')),
  }
}
