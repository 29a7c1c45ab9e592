import { sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'

/**
 * The seals of the product-months these bills have lines of, supplements too. A late item brings those
 * of its own month again, so that each statement can be held against the meter by itself.
 */
export async function listSealIds(tx: Tx, billIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id from metering.seal s
    join (select distinct product_id, usage_month from billing.bill_line
      where bill_id = any (${billIds}::text[])) as used
      on used.product_id = s.product_id and used.usage_month = to_char(s.day, 'YYYY-MM')
    order by s.id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Days of those product-months that were used and are not sealed; their events are counted by hour. */
export async function listUnsealedDays(
  tx: Tx,
  billIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ day: string }>`
    select distinct used_on.day from (
      select distinct product_id, usage_month from billing.bill_line
      where bill_id = any (${billIds}::text[])) as used
    join lateral (
      select distinct (h.hour at time zone 'Asia/Shanghai')::date as day
      from metering.usage_hour h
      where h.product_id = used.product_id
        and h.hour >= (used.usage_month || '-01')::timestamp at time zone 'Asia/Shanghai'
        and h.hour < ((used.usage_month || '-01')::timestamp + interval '1 month')
          at time zone 'Asia/Shanghai') as used_on on true
    where not exists (select 1 from metering.seal_round r where r.day = used_on.day)
    order by 1`.execute(tx)
  return rows.map((row) => row.day)
}

export async function listMemberSeals(
  db: Database,
  sealIds: readonly string[],
): Promise<{ id: string; digest: string }[]> {
  if (sealIds.length === 0) return []
  return db
    .selectFrom('metering.seal')
    .select(['id', 'digest'])
    .where('id', 'in', sealIds)
    .execute()
}
