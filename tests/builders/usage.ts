import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { type Id, uuidv7At } from '#kernel/ids.ts'
import { monthOf } from '#kernel/period.ts'
import { shardCount } from '#metering/index.ts'

/** Live events as the writer commits them, with their roll-ups: `count` like ones, a second apart. */
export type UsageSeed = Readonly<{
  buyerId: Id<'org'>
  subscriptionId: Id<'sub'>
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purposeClass: 'industry' | 'public_interest'
  from: Date
  count: number
  batch: bigint
  /** What makes them free; absent where they are billed. */
  freeReason?: string
  resultClass?: 'found' | 'not_found' | 'refused' | 'failed'
  records?: number
  bytes?: number
  /** The posted price it was called at, where budgets count it; its gateway boot too. */
  priceReference?: string
  bootId?: string
}>

export async function insertUsage(db: Database, seed: UsageSeed): Promise<void> {
  const month = monthOf(seed.from)
  await sql`select metering.ensure_usage_partition(${`${month}-01`}::date)`.execute(db)
  const times = Array.from({ length: seed.count }, (_, i) => seed.from.getTime() + i * 1000)
  const billable = seed.freeReason === undefined
  const reason = seed.freeReason ?? 'charged'
  const resultClass = seed.resultClass ?? 'found'
  await sql`
    insert into metering.usage_event (buyer_id, occurred_at, event_id, recorded_at, mode, shard, batch,
      key_id, subscription_id, product_id, product_version_id, scenario_id, purpose_class, price_reference,
      request_id, route, result_class, reason, http_status, billable, attempts, records, bytes, duration_ms, boot_id)
    select ${seed.buyerId}, t.at, t.id, t.at, 'live', 0, ${seed.batch.toString()}::bigint,
      'key_test', ${seed.subscriptionId}, ${seed.productId}, 'pver_test', ${seed.scenarioId},
      ${seed.purposeClass}, ${billable ? (seed.priceReference ?? 'posted_test') : null}, t.id::text, 'GET /v1', ${resultClass},
      ${reason}, 200, ${billable}, 1, ${seed.records ?? 1}, ${seed.bytes ?? 100}, 5, ${seed.bootId ?? null}
    from unnest(${times.map((ms) => new Date(ms).toISOString())}::timestamptz[],
      ${times.map((ms) => uuidv7At(ms))}::uuid[]) as t(at, id)`.execute(db)
  // The writer says with each batch how far it has come; sealing goes by it.
  await sql`
    insert into metering.shard as s (shard, last_batch, updated_at)
    values (0, ${seed.batch.toString()}::bigint, ${seed.from}::timestamptz)
    on conflict (shard) do update set last_batch = greatest(s.last_batch, excluded.last_batch)`.execute(
    db,
  )
  await sql`
    insert into metering.usage_hour (buyer_id, hour, subscription_id, product_id, key_id, mode,
      result_class, billable, reason, events, attempts, records, bytes, duration_ms)
    select buyer_id, date_trunc('hour', occurred_at), subscription_id, product_id, key_id, mode,
      result_class, billable, reason, count(*), sum(attempts), sum(records), sum(bytes), sum(duration_ms)
    from metering.usage_event where buyer_id = ${seed.buyerId} and batch = ${seed.batch.toString()}::bigint
      and subscription_id = ${seed.subscriptionId} and reason = ${reason}
      and occurred_at >= ${seed.from} and occurred_at < ${new Date((times.at(-1) ?? 0) + 1)}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    on conflict (buyer_id, hour, subscription_id, product_id, key_id, mode, result_class, billable, reason)
    do update set events = usage_hour.events + excluded.events,
      attempts = usage_hour.attempts + excluded.attempts,
      records = usage_hour.records + excluded.records, bytes = usage_hour.bytes + excluded.bytes`.execute(
    db,
  )
}

/** Says that everything up to a time is committed. */
export async function setWatermark(db: Database, at: Date): Promise<void> {
  await sql`
    insert into metering.shard (shard, watermark_at, updated_at)
    select n, ${at}::timestamptz, ${at}::timestamptz from unnest(${Array.from({ length: shardCount }, (_, shard) => shard)}::int[]) as t(n)
    on conflict (shard) do update set watermark_at = excluded.watermark_at`.execute(db)
}
