/**
 * The weights of calls in SQL, as text, because the gateway's directory reads them through kysely and the
 * writer on its own connection.
 */

/** Posted prices with their unit and their highest and lowest unit price, in micro-yuan. */
export const unitPrices = `(
  select pp.id, pi.unit,
    (case when pi.form in ('package', 'period', 'metered_not_charged') then 0 else max(t.unit_price_yuan) end
      * 1000000)::bigint as high,
    (case when pi.form in ('package', 'period', 'metered_not_charged') then 0 else min(t.unit_price_yuan) end
      * 1000000)::bigint as low
  from billing.posted_price pp
  join billing.price_item pi on pi.id = pp.price_item_id
  join billing.posted_price_tier t on t.posted_price_id = pp.id
  group by pp.id, pi.unit, pi.form)`

/** What an event `e` weighs at a price `p`; the same as costOfCall(). A numeric `/` would round to some sixteen digits. */
export function costOf(price: 'high' | 'low'): string {
  return `(case p.unit
    when 'record' then e.records * p.${price}
    when 'megabyte' then div(e.bytes::numeric * p.${price} + 999999, 1000000)::bigint
    else e.attempts * p.${price} end)`
}

/** Events the gateway has counted itself; replacements and reported batches came in beside it, and have an index in these words. */
export const byGateway = `(e.boot_id is not null and starts_with(e.boot_id, 'boot_'))`
export const besideGateway = `(e.boot_id is null or not starts_with(e.boot_id, 'boot_'))`

/** How far back use that arrives late is billed, and a month more. */
const lateMonths = `interval '13 months'`

/** What the issued bills of an account have taken over: the rest is unbilled. Of the columns `a.buyer_id`, `a.operator_id`. */
export const billedOf = `(
  select coalesce(sum(m.metered_micro_yuan), 0)::bigint as micro_yuan,
    coalesce(max(m.used_before), '-infinity') as used_before, coalesce(max(m.through_batch), 0) as through_batch
  from billing.bill_metering m where m.buyer_id = a.buyer_id and m.operator_id = a.operator_id)`

/**
 * What the use of the account `a` weighs that no issued bill of `billed` has taken over; `which` says more of its
 * events `e`. The use since the bill is found by its time, late use before it by its batch, so neither reads what
 * is billed long since: with an `or` between the two it would be all use, of every buyer. `is true` keeps the
 * planner from finding late use by its time, which it takes for rare between two times it does not know.
 */
export function unbilledUse(which: string): string {
  const use = `
    select e.price_reference, e.attempts, e.records, e.bytes from metering.usage_event e
    where e.buyer_id = a.buyer_id and e.billable and e.mode = 'live' and ${which}
      and e.subscription_id = any(array(
        select s.id from billing.subscription s where s.buyer_id = a.buyer_id and s.operator_id = a.operator_id))`
  return `(
  select coalesce(sum(${costOf('high')}), 0)::bigint as micro_yuan
  from (${use} and e.occurred_at >= billed.used_before
    union all ${use} and (e.occurred_at < billed.used_before) is true
      and e.occurred_at >= billed.used_before - ${lateMonths} and e.batch > billed.through_batch
    offset 0) e
  join ${unitPrices} p on p.id = e.price_reference)`
}

/** Of it, what the gateway has counted. */
export const unbilledOf = unbilledUse(byGateway)
