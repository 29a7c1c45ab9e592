import { sql } from 'kysely'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { addMoney, maxMoney, type Money, moneyFromFen, zeroFen } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type AccountFigures, listAccountFigures } from '#billing/budget/allowance.queries.ts'
import { fenOfUse } from '#billing/budget/call-cost.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import { type AccountKey, sumBalance } from './account.queries.ts'
import { type BalanceRefund, listRefunds } from './refund.queries.ts'
import { freeOf, unusedOf } from './unused-balance.ts'

export type AccountView = AccountKey &
  Readonly<{
    buyerName: string
    operatorName: string
    paymentMode: 'prepaid' | 'postpaid'
    creditLimitFen: Money | null
    /** What is left of the top-ups, before use that is not billed. */
    balanceFen: Money
    /** Issued and not settled. */
    owedFen: Money
    /** Used and not yet billed, at the highest prices, rounded up. */
    unbilledFen: Money
    /** What further calls may cost; null where there is no limit. Never below zero. */
    availableFen: Money | null
    /** What could be refunded now. */
    unusedFen: Money
    asOf: Date
  }>

/** Accounts of one's own (buyer), of one's own customers (operator), of all (bureaus, auditor), by name. */
export async function listAccounts(ctx: Context): Promise<AccountView[]> {
  requirePermission(ctx, 'account:read')
  const at = ctx.clock.now()
  const names = await listNamedAccounts(ctx)
  const figures = await listAccountFigures(ctx.db, { keys: names.map(({ key }) => key), at })
  const views: AccountView[] = []
  for (const [index, { key, buyerName, operatorName }] of names.entries()) {
    const own = figures[index]
    if (own === undefined) continue
    const balanceFen = await sumBalance(ctx.db, key)
    views.push({ ...key, buyerName, operatorName, ...viewOf(own, balanceFen), asOf: at })
  }
  return views
}

function viewOf(
  figures: AccountFigures,
  balanceFen: Money,
): Omit<AccountView, 'buyerId' | 'operatorId' | 'buyerName' | 'operatorName' | 'asOf'> {
  const { paymentMode } = figures
  const creditLimitFen =
    figures.creditLimitFen === null ? null : moneyFromFen(figures.creditLimitFen)
  const isLimited = paymentMode === 'prepaid' || creditLimitFen !== null
  const availableFen = addMoney(freeOf(figures), creditLimitFen ?? zeroFen)
  return {
    paymentMode,
    creditLimitFen,
    balanceFen,
    owedFen: moneyFromFen(figures.owedFen),
    unbilledFen: fenOfUse(figures.unbilledMicroYuan),
    availableFen: isLimited ? maxMoney(zeroFen, availableFen) : null,
    unusedFen: unusedOf(figures, balanceFen),
  }
}

type Named = Readonly<{ key: AccountKey; buyerName: string; operatorName: string }>

async function listNamedAccounts(ctx: Context): Promise<Named[]> {
  const [buyerId, operatorId] = [ownBuyer(ctx) ?? null, ownOperator(ctx) ?? null]
  const result = await sql<{
    buyer_id: Id<'org'>
    operator_id: Id<'org'>
    buyer: string
    operator: string
  }>`
    select a.buyer_id, a.operator_id, b.name as buyer, o.name as operator
    from (select buyer_id, operator_id from billing.buyer_account
      union select buyer_id, operator_id from billing.subscription) a
    join governance.organization b on b.id = a.buyer_id
    join governance.organization o on o.id = a.operator_id
    where (${buyerId}::text is null or a.buyer_id = ${buyerId})
      and (${operatorId}::text is null or a.operator_id = ${operatorId})
    order by b.name, a.buyer_id, a.operator_id`.execute(ctx.db)
  return result.rows.map((row) => ({
    key: { buyerId: row.buyer_id, operatorId: row.operator_id },
    buyerName: row.buyer,
    operatorName: row.operator,
  }))
}

export type AccountMovement = Readonly<{
  kind: 'top_up' | 'draw' | 'refund'
  /** The bank's reference, the bill's number or the refund. */
  reference: string
  billId: Id<'bill'> | null
  amountFen: Money
  balanceAfterFen: Money
  at: Date
}>

const movementsMax = 500

/** What moved the balance of an account, newest first, each with the balance after it. */
export async function listMovements(ctx: Context, key: AccountKey): Promise<AccountMovement[]> {
  requirePermission(ctx, 'account:read')
  requireAccount(ctx, key)
  const result = await sql<{
    kind: AccountMovement['kind']
    reference: string
    bill_id: Id<'bill'> | null
    amount: string
    after: string
    at: Date
  }>`
    select kind, reference, bill_id, amount::text as amount, at,
      (sum(amount) over (order by at, place, id))::text as after
    from (
      select 'top_up' as kind, 1 as place, p.id, e.bank_reference as reference, null as bill_id, p.amount_fen as amount,
        p.matched_at as at
      from billing.payment p join billing.bank_entry e on e.id = p.bank_entry_id
      where p.buyer_id = ${key.buyerId} and p.operator_id = ${key.operatorId} and p.purpose = 'top_up'
      union all
      select 'draw', 2, l.id, s.number, l.bill_id, -l.amount_fen, l.allocated_at
      from billing.payment p
      join billing.payment_allocation l on l.payment_id = p.id
      join billing.bill_standing s on s.bill_id = l.bill_id
      where p.buyer_id = ${key.buyerId} and p.operator_id = ${key.operatorId} and p.purpose = 'top_up'
      union all
      select 'refund', 3, r.id, r.id, null, -r.amount_fen, r.decided_at
      from billing.balance_refund r
      where r.buyer_id = ${key.buyerId} and r.operator_id = ${key.operatorId} and r.status = 'approved') moved
    order by at desc, place desc, id desc
    limit ${movementsMax}`.execute(ctx.db)
  return result.rows.map((row) => ({
    kind: row.kind,
    reference: row.reference,
    billId: row.bill_id,
    amountFen: moneyFromFen(BigInt(row.amount)),
    balanceAfterFen: moneyFromFen(BigInt(row.after)),
    at: row.at,
  }))
}

/** A refund, and whether the one who looks has asked for it and so may not decide. */
export type RefundView = Omit<BalanceRefund, 'requestedBy'> & Readonly<{ isMine: boolean }>

/** Refunds of one's own accounts, newest first. */
export async function listBalanceRefunds(ctx: Context): Promise<RefundView[]> {
  requirePermission(ctx, 'account:read')
  const refunds = await listRefunds(ctx.db, {
    buyerId: ownBuyer(ctx),
    operatorId: ownOperator(ctx),
  })
  const by = actorId(ctx.actor)
  return refunds.map(({ requestedBy, ...refund }) => ({ ...refund, isMine: requestedBy === by }))
}

function requireAccount(ctx: Context, key: AccountKey): void {
  const [buyerId, operatorId] = [ownBuyer(ctx), ownOperator(ctx)]
  const isOthers =
    (buyerId !== undefined && buyerId !== key.buyerId) ||
    (operatorId !== undefined && operatorId !== key.operatorId)
  if (isOthers) throw new DomainError('NOT_FOUND')
}
