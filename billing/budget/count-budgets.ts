import type { PoolClient } from 'pg'
import { type BudgetCounts, keepCountsMs } from '#metering/index.ts'
import { type Month, monthOf, monthPeriod } from '#kernel/period.ts'
import { accountBudget, keyBudget } from './budget-names.ts'
import { highestCostOfCall } from './call-cost.ts'
import { billedOf, byGateway, costOf, unbilledOf, unitPrices } from './cost-sql.ts'

type Account = Readonly<{ buyer_id: string; operator_id: string }>
type At = Readonly<{ now: Date; isOfShard: (buyerId: string) => boolean }>

/**
 * What the budgets of a shard's buyers hold, from bills, events and open deliveries: what the gateway had
 * counted, to the micro-yuan. The writer asks for it after Redis was emptied.
 */
export async function countBudgets(
  client: Pick<PoolClient, 'query'>,
  at: At,
): Promise<BudgetCounts> {
  const accounts = await listAccounts(client, at)
  const used = [
    ...(await countAccounts(client, accounts)),
    ...(await countKeys(client, { accounts, month: monthOf(at.now) })),
  ]
  return { used, reserved: await listReservations(client, at) }
}

async function listAccounts(client: Pick<PoolClient, 'query'>, at: At): Promise<Account[]> {
  const result = await client.query<Account>(
    `select distinct buyer_id, operator_id from billing.subscription where purpose_class = 'industry'`,
  )
  return result.rows.filter((row) => at.isOfShard(row.buyer_id))
}

async function countAccounts(
  client: Pick<PoolClient, 'query'>,
  accounts: readonly Account[],
): Promise<BudgetCounts['used']> {
  const result = await client.query<Account & { units: string }>(
    `select a.buyer_id, a.operator_id, (billed.micro_yuan + unbilled.micro_yuan)::text as units
     from unnest($1::text[], $2::text[]) as a(buyer_id, operator_id)
     cross join lateral ${billedOf} billed cross join lateral ${unbilledOf} unbilled`,
    [accounts.map((each) => each.buyer_id), accounts.map((each) => each.operator_id)],
  )
  return result.rows.map((row) => ({
    name: accountBudget({ buyerId: row.buyer_id, operatorId: row.operator_id }),
    units: BigInt(row.units),
    keepMs: null,
  }))
}

async function countKeys(
  client: Pick<PoolClient, 'query'>,
  of: Readonly<{ accounts: readonly Account[]; month: Month }>,
): Promise<BudgetCounts['used']> {
  const { from, to } = monthPeriod(of.month)
  const result = await client.query<{ spend_key_id: string; units: string }>(
    `select coalesce(k.spend_key_id, e.key_id) as spend_key_id, sum(${costOf('high')})::text as units
     from metering.usage_event e
     join ${unitPrices} p on p.id = e.price_reference
     left join governance.api_key k on k.id = e.key_id
     where e.buyer_id = any($1) and e.occurred_at >= $2 and e.occurred_at < $3
       and e.billable and e.mode = 'live' and ${byGateway}
     group by 1`,
    [[...new Set(of.accounts.map((each) => each.buyer_id))], from.toISOString(), to.toISOString()],
  )
  return result.rows.map((row) => ({
    name: keyBudget({ spendKeyId: row.spend_key_id, month: of.month }),
    units: BigInt(row.units),
    keepMs: keepCountsMs,
  }))
}

type DeliveryRow = Account &
  Readonly<{
    event_id: string
    occurred_at: Date
    deadline_at: Date
    spend_key_id: string
    unit: string
    high: string
    bytes_max: string
    records_max: string | null
  }>

async function listReservations(
  client: Pick<PoolClient, 'query'>,
  at: At,
): Promise<BudgetCounts['reserved']> {
  const result = await client.query<DeliveryRow>(
    `select o.buyer_id, s.operator_id, o.event_id, o.occurred_at, o.deadline_at,
       coalesce(k.spend_key_id, o.key_id) as spend_key_id, p.unit, p.high::text as high,
       v.content -> 'delivery' ->> 'responseBytesMax' as bytes_max,
       v.content -> 'delivery' ->> 'recordsMax' as records_max
     from metering.open_delivery o
     join billing.subscription s on s.id = o.subscription_id and s.purpose_class = 'industry'
     join ${unitPrices} p on p.id = o.facts ->> 'priceReference'
     join governance.product_version v on v.id = o.facts ->> 'productVersionId'
     left join governance.api_key k on k.id = o.key_id
     where o.standing = 'pending' and p.high > 0`,
  )
  return result.rows
    .filter((row) => at.isOfShard(row.buyer_id))
    .flatMap((row) => {
      const reservation = {
        eventId: row.event_id,
        units: highestCostOfCall(
          { unit: row.unit, highestMicroYuan: BigInt(row.high) },
          {
            responseBytesMax: BigInt(row.bytes_max),
            recordsMax: row.records_max === null ? undefined : BigInt(row.records_max),
          },
        ),
        untilMs: row.deadline_at.getTime(),
      }
      const month = monthOf(row.occurred_at)
      const account = { buyerId: row.buyer_id, operatorId: row.operator_id }
      return [
        { name: accountBudget(account), ...reservation },
        { name: keyBudget({ spendKeyId: row.spend_key_id, month }), ...reservation },
      ]
    })
}
