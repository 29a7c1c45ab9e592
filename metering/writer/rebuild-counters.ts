import type { Redis } from 'ioredis'
import type { PoolClient } from 'pg'
import { monthOf, monthPeriod } from '#kernel/period.ts'
import { keepCountsMs, quotaKeysOf } from '#metering/recorder/admission.ts'
import { shardOf } from '#metering/shards.ts'
import { sendCommands } from './send-commands.ts'

type DayRow = Readonly<{ buyer_id: string; holder: string; day: string; events: string }>

/**
 * Sets the counts of this month's and its days' quotas to what is stored: calls delivered or being
 * delivered by subscription, in the sandbox by key. Nothing is admitted against them meanwhile (see ShardEpoch).
 */
export async function rebuildCounters(
  client: PoolClient,
  redis: Redis,
  at: Readonly<{ shard: number; now: Date }>,
): Promise<void> {
  const month = monthOf(at.now)
  const { from, to } = monthPeriod(month)
  const result = await client.query<DayRow>(
    `select buyer_id, holder, to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, sum(events)::text as events
     from (
       select buyer_id, case subscription_id when '-' then key_id else subscription_id end as holder,
         hour as at, events
       from metering.usage_hour where hour >= $1 and hour < $2 and result_class in ('found', 'not_found')
       union all
       select buyer_id, coalesce(subscription_id, key_id), occurred_at, 1
       from metering.open_delivery where standing = 'pending' and occurred_at >= $1 and occurred_at < $2) used
     group by 1, 2, 3`,
    [from.toISOString(), to.toISOString()],
  )
  const counts = new Map<string, number>()
  const add = (key: string, events: number) => counts.set(key, (counts.get(key) ?? 0) + events)
  for (const row of result.rows) {
    if (shardOf(row.buyer_id) !== at.shard) continue
    const keys = quotaKeysOf({ shard: at.shard, holderId: row.holder, day: row.day, month })
    add(keys.day, Number(row.events))
    add(keys.month, Number(row.events))
  }
  const commands = [...counts].map(([key, count]) => ['set', key, count, 'PX', keepCountsMs])
  await sendCommands(redis, commands)
}
