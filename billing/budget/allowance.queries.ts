import { type RawBuilder, sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { monthOf, monthPeriod } from '#kernel/period.ts'
import {
  besideGateway,
  billedOf,
  byGateway,
  costOf,
  unbilledOf,
  unbilledUse,
  unitPrices,
} from './cost-sql.ts'

/**
 * The limit sides of the budgets, in micro-yuan. The gateway's counter is what it has metered, for ever; an
 * account may go on as long as that is at most its allowance:
 *
 *   credit limit + money in hand − bills owed + what bills took over + corrected use − use beside the gateway
 *
 * Every part stands in PostgreSQL and moves in the commit of the verb that moves it, so a bill, a payment, a
 * top-up, a refund and a correction are never counted twice and never missed, whenever the gateway looks.
 */

/** The terms of the account `a` that hold at a time. */
function termsOf(at: Date): RawBuilder<unknown> {
  return sql`(
    select t.payment_mode, t.credit_limit_fen from billing.account_terms t
    where t.buyer_id = a.buyer_id and t.operator_id = a.operator_id and t.effective_from <= ${at}::timestamptz
    order by t.effective_from desc, t.decided_at desc, t.id desc limit 1)`
}

/** Payments not yet spent on bills or refunds; a refund that is asked for is held. */
const fundsOf = `(
  select (select coalesce(sum(p.amount_fen), 0) from billing.payment p
      where p.buyer_id = a.buyer_id and p.operator_id = a.operator_id)
    - (select coalesce(sum(l.amount_fen), 0) from billing.payment p
      join billing.payment_allocation l on l.payment_id = p.id
      where p.buyer_id = a.buyer_id and p.operator_id = a.operator_id)
    - (select coalesce(sum(r.amount_fen), 0) from billing.balance_refund r
      where r.buyer_id = a.buyer_id and r.operator_id = a.operator_id and r.status <> 'refused') as fen)`

const owedOf = `(
  select coalesce(sum(b.gross_fen - b.settled_fen), 0) as fen from billing.bill_standing b
  where b.buyer_id = a.buyer_id and b.operator_id = a.operator_id
    and b.issued_at is not null and b.status <> 'written_off')`

const isBilled = `(e.occurred_at < billed.used_before and e.batch <= billed.through_batch)`

/** Charges corrected since the last bill. Of what was billed, the bill takes back at least the lowest price. */
const correctedOf = `(
  select coalesce(sum(case when ${isBilled} then ${costOf('low')} when ${byGateway} then ${costOf('high')}
    else 0 end), 0) as micro_yuan
  from metering.usage_correction c
  join metering.usage_event e on e.buyer_id = c.buyer_id and e.occurred_at = c.occurred_at and e.event_id = c.event_id
  join billing.subscription s on s.id = e.subscription_id and s.operator_id = a.operator_id
  join ${unitPrices} p on p.id = e.price_reference
  where c.buyer_id = a.buyer_id and e.billable and e.mode = 'live'
    and (c.batch > billed.through_batch or c.occurred_at >= billed.used_before))`

const besideOf =
  unbilledUse(`${besideGateway} and not exists (select from metering.usage_correction c
      where c.buyer_id = e.buyer_id and c.occurred_at = e.occurred_at and c.event_id = e.event_id)`)

const allowance = sql.raw(`(
  select 10000 * (coalesce(terms.credit_limit_fen, 0) + funds.fen - owed.fen)
    + billed.micro_yuan + corrected.micro_yuan - beside.micro_yuan
  from ${billedOf} billed cross join lateral ${fundsOf} funds cross join lateral ${owedOf} owed
  cross join lateral ${correctedOf} corrected cross join lateral ${besideOf} beside)`)

/**
 * `payment_mode` and `allowance_micro_yuan` (null: no limit) of an account at a time, as a table for a lateral
 * join: one row, also where nothing was ever decided.
 */
export function accountAllowance(
  of: Readonly<{ buyerId: RawBuilder<unknown>; operatorId: RawBuilder<unknown>; at: Date }>,
): RawBuilder<unknown> {
  return sql`
    select coalesce(terms.payment_mode, 'postpaid') as payment_mode, terms.credit_limit_fen,
      case when terms.payment_mode = 'prepaid' or terms.credit_limit_fen is not null then ${allowance} end
        as allowance_micro_yuan
    from (select ${of.buyerId} as buyer_id, ${of.operatorId} as operator_id) a
    left join lateral ${termsOf(of.at)} terms on true`
}

/** How much a key `k` and its successors may spend in the month of a time, in micro-yuan; null: no limit. */
export function keyAllowance(at: Date): RawBuilder<unknown> {
  const { from, to } = monthPeriod(monthOf(at))
  return sql`
    select case when k.monthly_spend_max_fen is not null then 10000 * k.monthly_spend_max_fen + (
      select coalesce(sum(${sql.raw(costOf('high'))}), 0)
      from metering.usage_correction c
      join metering.usage_event e
        on e.buyer_id = c.buyer_id and e.occurred_at = c.occurred_at and e.event_id = c.event_id
      join ${sql.raw(unitPrices)} p on p.id = e.price_reference
      join governance.api_key o on o.id = e.key_id
      where c.buyer_id = k.buyer_id and coalesce(o.spend_key_id, o.id) = coalesce(k.spend_key_id, k.id)
        and c.occurred_at >= ${from}::timestamptz and c.occurred_at < ${to}::timestamptz
        and e.billable and e.mode = 'live' and ${sql.raw(byGateway)}) end as spend_allowance_micro_yuan`
}

type Key = Readonly<{ buyerId: Id<'org'>; operatorId: Id<'org'> }>
export type AccountFigures = Key &
  Readonly<{
    paymentMode: 'prepaid' | 'postpaid'
    creditLimitFen: bigint | null
    /** Payments not yet spent on bills; refunds are off, also those that are only asked for. */
    fundsFen: bigint
    owedFen: bigint
    /** Used and not yet on an issued bill, at the highest prices, as far as PostgreSQL knows. */
    unbilledMicroYuan: bigint
  }>

type FiguresRow = Readonly<{
  buyer_id: Id<'org'>
  operator_id: Id<'org'>
  payment_mode: 'prepaid' | 'postpaid'
  credit_limit_fen: bigint | null
  funds: string
  owed: string
  unbilled: string
}>

/** The parts of the allowance of each account, and what is used of it. */
export async function listAccountFigures(
  db: Database,
  of: Readonly<{ keys: readonly Key[]; at: Date }>,
): Promise<AccountFigures[]> {
  if (of.keys.length === 0) return []
  const result = await sql<FiguresRow>`
    select a.buyer_id, a.operator_id, coalesce(terms.payment_mode, 'postpaid') as payment_mode,
      terms.credit_limit_fen, funds.fen::text as funds, owed.fen::text as owed,
      (unbilled.micro_yuan - corrected.micro_yuan + beside.micro_yuan)::text as unbilled
    from unnest(${of.keys.map((key) => key.buyerId)}::text[], ${of.keys.map((key) => key.operatorId)}::text[])
      with ordinality as a(buyer_id, operator_id, place)
    left join lateral ${termsOf(of.at)} terms on true
    cross join lateral ${sql.raw(billedOf)} billed cross join lateral ${sql.raw(fundsOf)} funds
    cross join lateral ${sql.raw(owedOf)} owed cross join lateral ${sql.raw(correctedOf)} corrected
    cross join lateral ${sql.raw(besideOf)} beside cross join lateral ${sql.raw(unbilledOf)} unbilled
    order by a.place`.execute(db)
  return result.rows.map((row) => ({
    buyerId: row.buyer_id,
    operatorId: row.operator_id,
    paymentMode: row.payment_mode,
    creditLimitFen: row.credit_limit_fen === null ? null : BigInt(row.credit_limit_fen),
    fundsFen: BigInt(row.funds),
    owedFen: BigInt(row.owed),
    unbilledMicroYuan: BigInt(row.unbilled),
  }))
}

export async function getAccountFigures(
  db: Database,
  { at, ...key }: Key & Readonly<{ at: Date }>,
): Promise<AccountFigures> {
  const [figures] = await listAccountFigures(db, { keys: [key], at })
  invariant(figures !== undefined, 'an account has its figures')
  return figures
}
