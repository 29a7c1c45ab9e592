import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { correctedBillable, correctionOf } from './correction/corrected-usage.ts'
import { shardCount } from './shards.ts'

/**
 * The time before which every usage event is committed, over all shards; null while a shard has never
 * been written. A bill run waits until it has passed the end of the month and the grace. An accepted batch
 * of a source holds it at its first event until it is stored, so it can go back when one comes in.
 */
export async function usageWatermark(db: Database): Promise<Date | null> {
  const rows = await db
    .selectFrom('metering.shard')
    .select(['watermark_at', unstoredSince.as('unstored_since')])
    .execute()
  return leastWatermark(rows)
}

/** The same of rows that were read together with what else must be true of that moment. */
export function leastWatermark(
  rows: readonly Readonly<{ watermark_at: Date | null; unstored_since: Date | null }>[],
): Date | null {
  const times = rows.flatMap((row) => row.watermark_at ?? [])
  if (times.length < shardCount) return null
  const unstoredSince = rows[0]?.unstored_since ?? null
  const all = unstoredSince === null ? times : [...times, unstoredSince]
  return new Date(Math.min(...all.map((time) => time.getTime())))
}

/** The first event of an accepted batch that is not stored; read in one statement with what it holds back. */
export const unstoredSince = sql<Date | null>`
  (select min(first_at) from metering.usage_batch_standing where settled_at is null)`

export type ShardState = Readonly<{
  shard: number
  watermarkAt: Date | null
  committedEvents: bigint
  parkedEntries: number
  conflicts: number
  updatedAt: Date
}>

/** How far each shard is and what of it is parked, for the page that operates it. */
export async function listShardStates(db: Database): Promise<ShardState[]> {
  const rows = await db
    .selectFrom('metering.shard as shard')
    .select((eb) => [
      'shard.shard',
      'watermark_at',
      'committed_events',
      'updated_at',
      eb
        .selectFrom('metering.parked_entry as parked')
        .select((count) => count.fn.countAll<bigint>().as('parked'))
        .whereRef('parked.shard', '=', 'shard.shard')
        .where('resolved_at', 'is', null)
        .as('parked'),
      eb
        .selectFrom('metering.usage_conflict as conflict')
        .select((count) => count.fn.countAll<bigint>().as('conflicts'))
        .whereRef('conflict.shard', '=', 'shard.shard')
        .as('conflicts'),
    ])
    .orderBy('shard.shard')
    .execute()
  return rows.map((row) => ({
    shard: row.shard,
    watermarkAt: row.watermark_at,
    committedEvents: row.committed_events,
    parkedEntries: Number(row.parked ?? 0),
    conflicts: Number(row.conflicts ?? 0),
    updatedAt: row.updated_at,
  }))
}

export type RollUpProof = Readonly<{
  events: bigint
  /** Buyer-hours whose roll-ups do not say what their events say: always none. */
  hoursThatDiffer: readonly Readonly<{ buyerId: string; hour: string }>[]
  holds: boolean
}>

/** Proves the roll-ups of [from, to) equal to the events they were made from, as corrected. */
export async function proveRollUps(
  db: Database,
  span: Readonly<{ from: Date; to: Date }>,
): Promise<RollUpProof> {
  const result = await sql<{ buyer_id: string; hour: string; events: string; differs: boolean }>`
    with from_events as (
      select e.buyer_id, date_trunc('hour', e.occurred_at) as hour, count(*) as events,
        sum(attempts) as attempts, sum(records) as records, sum(bytes) as bytes,
        sum(attempts) filter (where ${correctedBillable}) as billed
      from metering.usage_event e left join metering.usage_correction c on ${correctionOf}
      where e.occurred_at >= ${span.from} and e.occurred_at < ${span.to} and c.kind is distinct from 'replace'
      group by 1, 2),
    from_hours as (
      select buyer_id, hour, sum(events) as events, sum(attempts) as attempts, sum(records) as records,
        sum(bytes) as bytes, nullif(sum(attempts) filter (where billable), 0) as billed
      from metering.usage_hour where hour >= ${span.from} and hour < ${span.to} group by 1, 2)
    select coalesce(e.buyer_id, h.buyer_id) as buyer_id, coalesce(e.hour, h.hour)::text as hour,
      coalesce(e.events, 0)::text as events,
      (e.events, e.attempts, e.records, e.bytes, e.billed) is distinct from
      (h.events, h.attempts, h.records, h.bytes, h.billed) as differs
    from from_events e full join from_hours h on h.buyer_id = e.buyer_id and h.hour = e.hour`.execute(
    db,
  )
  const differing = result.rows.filter((row) => row.differs)
  return {
    events: result.rows.reduce((sum, row) => sum + BigInt(row.events), 0n),
    hoursThatDiffer: differing.map((row) => ({ buyerId: row.buyer_id, hour: row.hour })),
    holds: differing.length === 0,
  }
}
