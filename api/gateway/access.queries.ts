import { type RawBuilder, sql } from 'kysely'
import {
  accountAllowance,
  type BillableRule,
  keyAllowance,
  type PurposeClass,
  type SubscriptionStatus,
} from '#billing/index.ts'
import type { ConnectorKind } from '#governance/index.ts'
import type { ApiKeyMode } from '#kernel/api-key-format.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { PriceVersion } from './access.ts'

export type ProductRow = Readonly<{
  product_id: Id<'product'>
  product_code: string
  version_id: Id<'pver'> | null
  version_status: string | null
  /** Whether a resource of the version may not be used: prohibited, or stopped (R17, R87). */
  data_prohibited: boolean | null
  upstream_id: Id<'upstream'> | null
  connector: ConnectorKind | null
  address: string | null
  settings: unknown
  sealed_secret: string | null
}>

export type PriceRow = Readonly<{
  id: Id<'posted'>
  from_ms: number
  to_ms: number | null
  form: string
  unit: string
  billable_rule: BillableRule
  repeat_window_hours: number
  /** Micro-yuan, as text: the highest of the form. */
  highest_price: string
}>

export type AccessRow = Partial<ProductRow> &
  Readonly<{
    key_id: Id<'key'>
    buyer_id: Id<'org'>
    buyer_status: 'registered' | 'active' | 'suspended' | 'exited'
    mode: ApiKeyMode
    scopes: readonly string[]
    networks: readonly string[]
    expires_at: Date | null
    revoked_at: Date | null
    suspended_at: Date | null
    spend_key_id: Id<'key'>
    spend_allowance_micro_yuan: string | null
    operator_id: Id<'org'> | null
    payment_mode: 'prepaid' | 'postpaid'
    allowance_micro_yuan: string | null
    subscription_id: Id<'sub'> | null
    scenario_id: Id<'scenario'> | null
    scenario_status: string | null
    purpose_class: PurposeClass | null
    terms: unknown
    starts_at: Date | null
    ends_at: Date | null
    subscription_status: SubscriptionStatus | null
    prices: readonly PriceRow[] | null
  }>

const productColumns = sql`p.id as product_id, p.code as product_code, v.id as version_id,
  v.status as version_status, u.id as upstream_id, u.connector, u.address, u.settings, u.sealed_secret,
  v.status = 'suspended' and exists (
    select from governance.product_version_resource vr
    join governance.resource r on r.id = vr.resource_id
    where vr.product_version_id = v.id and (r.opening = 'prohibited' or exists (
      select from governance.incident i
      where i.object_kind = 'resource' and i.object_id = r.id and i.lifted_at is null))
  ) as data_prohibited`

function productJoins(): RawBuilder<unknown> {
  return sql`
  left join governance.product_version v on v.product_id = p.id and v.status in ('listed', 'suspended')
  left join governance.upstream u on u.product_version_id = v.id and u.status = 'active'`
}

/** Where an item and its posted price hold together, as known now. */
export const priceColumns = sql`
  select json_agg(json_build_object('id', pp.id, 'form', pi.form, 'unit', pi.unit, 'billable_rule', pi.billable_rule,
      'repeat_window_hours', pi.repeat_window_hours,
      'highest_price', (select (case when pi.form in ('package', 'period', 'metered_not_charged') then 0
        else max(t.unit_price_yuan) end * 1000000)::bigint::text
        from billing.posted_price_tier t where t.posted_price_id = pp.id),
      'from_ms', floor(extract(epoch from lower(pp.effective * pi.effective)) * 1000),
      'to_ms', floor(extract(epoch from upper(pp.effective * pi.effective)) * 1000))
      order by lower(pp.effective * pi.effective)) as prices
    from billing.posted_price pp join billing.price_item pi on pi.id = pp.price_item_id
    where pi.product_id = s.product_id and pi.code = s.price_item_code
      and upper_inf(pp.known) and upper_inf(pi.known) and pp.effective && pi.effective`

export function priceVersionFromRow(row: PriceRow): PriceVersion {
  return {
    postedPriceId: row.id,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    form: row.form,
    unit: row.unit,
    highestMicroYuan: BigInt(row.highest_price),
    billableRule: row.billable_rule,
    repeatWindowHours: row.repeat_window_hours,
  }
}

/** What a key gives access to at a time, by the digest of the key; undefined for one that was never given out. */
export async function findAccess(
  db: Database,
  { keyDigest, at }: Readonly<{ keyDigest: string; at: Date }>,
): Promise<AccessRow | undefined> {
  const account = accountAllowance({
    buyerId: sql`s.buyer_id`,
    operatorId: sql`s.operator_id`,
    at,
  })
  const result = await sql<AccessRow>`
    select k.id as key_id, k.buyer_id, b.status as buyer_status, k.mode, k.scopes, k.networks,
      least(k.expires_at, k.overlap_ends_at) as expires_at, k.revoked_at, k.suspended_at, s.id as subscription_id, s.scenario_id, c.status as scenario_status,
      s.purpose_class, s.terms, s.starts_at, s.ends_at, s.status as subscription_status,
      price.prices, coalesce(k.spend_key_id, k.id) as spend_key_id,
      spend.spend_allowance_micro_yuan::text as spend_allowance_micro_yuan, s.operator_id,
      account.payment_mode, account.allowance_micro_yuan::text as allowance_micro_yuan, ${productColumns}
    from governance.api_key k
    join governance.organization b on b.id = k.buyer_id
    left join billing.subscription s on s.id = k.subscription_id
    left join governance.scenario c on c.id = s.scenario_id
    left join governance.product p on p.id = s.product_id ${productJoins()}
    left join lateral (${priceColumns}) price on true
    cross join lateral (${keyAllowance(at)}) spend
    cross join lateral (${account}) account
    where k.secret_digest = ${keyDigest}`.execute(db)
  return result.rows[0]
}

/** A product by its code, as a sandbox key names it. */
export async function findProduct(db: Database, code: string): Promise<ProductRow | undefined> {
  const result = await sql<ProductRow>`
    select ${productColumns} from governance.product p ${productJoins()}
    where p.code = ${code}`.execute(db)
  return result.rows[0]
}

/** The content of a version; it never changes once the version is reviewed. */
export async function getVersionContent(db: Database, versionId: Id<'pver'>): Promise<unknown> {
  const row = await db
    .selectFrom('governance.product_version')
    .select('content')
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow()
  return row.content
}
