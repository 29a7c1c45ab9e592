import { sql } from 'kysely'
import { type PriceRow, priceColumns } from '#api/gateway/access.queries.ts'
import type { PurposeClass, SubscriptionStatus } from '#billing/index.ts'
import type { Database } from '#kernel/database.ts'

/** What a reported event is held against: the subscription it names, with its prices as known now. */
export type ReportedSubscription = Readonly<{
  id: string
  buyer_id: string
  buyer_status: string
  scenario_id: string
  scenario_status: string
  purpose_class: PurposeClass
  product_id: string
  product_code: string
  starts_at: Date
  ends_at: Date
  status: SubscriptionStatus
  status_changed_at: Date
  prices: readonly PriceRow[] | null
}>

export async function listReportedSubscriptions(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReportedSubscription>> {
  const result = await sql<ReportedSubscription>`
    select s.id, s.buyer_id, b.status as buyer_status, s.scenario_id, c.status as scenario_status,
      s.purpose_class, s.product_id, p.code as product_code, s.starts_at, s.ends_at, s.status,
      s.status_changed_at, price.prices
    from billing.subscription s
    join governance.organization b on b.id = s.buyer_id
    join governance.scenario c on c.id = s.scenario_id
    join governance.product p on p.id = s.product_id
    left join lateral (${priceColumns}) price on true
    where s.id = any(${[...new Set(ids)]}::text[])`.execute(db)
  return new Map(result.rows.map((row) => [row.id, row]))
}

/** A product version and since when it has had its present status. */
export type ReportedVersion = Readonly<{
  id: string
  product_id: string
  status: string
  status_changed_at: Date
}>

export async function listReportedVersions(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReportedVersion>> {
  const rows = await db
    .selectFrom('governance.product_version')
    .select(['id', 'product_id', 'status', 'status_changed_at'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}
