import type { PoolClient } from 'pg'

/**
 * Moves the shard's watermark: the time before which every event is committed. It is the least such time
 * over the boots that are not finished; without any it is when the stream was last seen drained. A
 * delivery that is open holds it back to its beginning, also when its gateway is dead.
 */
export async function advanceWatermark(
  client: PoolClient,
  at: Readonly<{ shard: number; now: Date; drainedAt: Date | null }>,
): Promise<void> {
  await client.query({
    name: 'advance-watermark',
    text: `insert into metering.shard as s (shard, watermark_at, updated_at) values ($1, null, $2)
     on conflict (shard) do update set updated_at = $2, drained_at = coalesce($3, s.drained_at), watermark_at = (
       select case when complete.before is not null then least(complete.before,
         (select min(d.occurred_at) from metering.open_delivery d
          where d.shard = s.shard and d.standing = 'pending')) end
       from (select coalesce(
         (select min(p.complete_before) from metering.boot_progress p
          where p.shard = s.shard and p.finished_at is null),
         $3::timestamptz, s.watermark_at) as before) complete)`,
    values: [at.shard, at.now.toISOString(), at.drainedAt?.toISOString() ?? null],
  })
}
