import { sql } from 'kysely'
import { startOfDay } from '#kernel/period.ts'
import type { Stage } from '#bench/stage.ts'

export const buyers = 15
/** A full business month, the widest span a screen by hour may show. */
export const firstDay = '2026-08-01'
export const lastDay = '2026-08-31'
const spanMs = 31 * 86_400_000

/**
 * So many calls of 15 buyers, evenly over one month, with the roll-ups a writer would have kept: put in by
 * the owner, since writing ten million calls through the gateway is not what is measured. Of each nine
 * calls one finds nothing and one fails, so that every hour has each kind, however many calls there are.
 */
export async function fillUsage({ database }: Stage, calls: number): Promise<void> {
  const each = Math.floor(calls / buyers)
  const startMs = startOfDay(firstDay).getTime()
  const { ownerDb } = database
  await sql`select metering.ensure_usage_partition(${firstDay}::date)`.execute(ownerDb)
  for (let buyer = 0; buyer < buyers; buyer++) {
    const tail = String(buyer).padStart(13, '0')
    await sql`
      insert into metering.usage_event (buyer_id, occurred_at, event_id, recorded_at, mode, shard, batch,
        key_id, subscription_id, product_id, product_version_id, scenario_id, purpose_class,
        price_reference, request_id, route, result_class, reason, http_status, billable, attempts, records,
        bytes, duration_ms, request_digest)
      select ${`org_06bench${tail}`}, to_timestamp(ms / 1000.0), id::uuid, to_timestamp(ms / 1000.0),
        'live', 0, 1, ${`key_06bench${tail}`}, ${`sub_06bench${tail}`}, 'product_06bench0000000000000',
        'pver_06bench0000000000000', 'scenario_06bench0000000000000', 'industry',
        'posted_06bench0000000000000', id, '/data/v1/housing-fund-credit/query', class, class,
        case class when 'failed' then 502 else 200 end, class = 'found', 1,
        case class when 'found' then 1 else 0 end, 64, 12, null
      from (select ms, lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0') || '-7' ||
          substr(digest, 1, 3) || '-8' || substr(digest, 4, 3) || '-' || substr(digest, 7, 12) as id,
          case n % 9 when 0 then 'not_found' when 1 then 'failed' else 'found' end as class
        from (select n, ${startMs}::bigint + n::bigint * ${spanMs}::bigint / ${each}::bigint as ms,
            md5(n::text) as digest from generate_series(0, ${each}::int - 1) n) timed) calls`.execute(
      ownerDb,
    )
  }
  await sql`
    insert into metering.usage_hour (buyer_id, hour, subscription_id, product_id, key_id, mode,
      result_class, billable, reason, events, attempts, records, bytes, duration_ms)
    select buyer_id, date_trunc('hour', occurred_at), subscription_id, product_id, key_id, mode,
      result_class, billable, reason, count(*), sum(attempts), sum(records), sum(bytes), sum(duration_ms)
    from metering.usage_event group by 1, 2, 3, 4, 5, 6, 7, 8, 9`.execute(ownerDb)
  for (const table of ['metering.usage_event', 'metering.usage_hour'])
    await sql`vacuum analyze ${sql.table(table)}`.execute(ownerDb)
}
