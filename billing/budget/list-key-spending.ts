import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import { type Month, monthOf, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer } from '#billing/own.ts'
import { fenOfUse } from './call-cost.ts'
import { byGateway, costOf, unitPrices } from './cost-sql.ts'

export type KeySpending = Readonly<{ spendKeyId: Id<'key'>; month: Month; spentFen: Money }>

/** What a buyer's keys have spent this month as their caps count it, rounded up; keys that spent nothing are not there. */
export async function listKeySpending(ctx: Context): Promise<KeySpending[]> {
  requirePermission(ctx, 'api_key:read')
  const month = monthOf(ctx.clock.now())
  const { from, to } = monthPeriod(month)
  const result = await sql<{ spend_key_id: Id<'key'>; micro_yuan: string }>`
    select coalesce(k.spend_key_id, k.id) as spend_key_id, sum(${sql.raw(costOf('high'))})::text as micro_yuan
    from metering.usage_event e
    join ${sql.raw(unitPrices)} p on p.id = e.price_reference
    join governance.api_key k on k.id = e.key_id
    where e.buyer_id = ${ownBuyer(ctx) ?? ''} and e.occurred_at >= ${from}::timestamptz
      and e.occurred_at < ${to}::timestamptz and e.billable and e.mode = 'live' and ${sql.raw(byGateway)}
      and not exists (select from metering.usage_correction c
        where c.buyer_id = e.buyer_id and c.occurred_at = e.occurred_at and c.event_id = e.event_id)
    group by 1 order by 1`.execute(ctx.db)
  return result.rows.map((row) => ({
    spendKeyId: row.spend_key_id,
    month,
    spentFen: fenOfUse(BigInt(row.micro_yuan)),
  }))
}
