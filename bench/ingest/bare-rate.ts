import { sql } from 'kysely'
import { systemClock } from '#kernel/clock.ts'
import { openPool } from '#kernel/database.ts'
import { prepareUsagePartitions, type UsageEvent } from '#metering/index.ts'
import type { Stage } from '#bench/stage.ts'
import { bareInsert } from './bare-insert.ts'
import { sampleEvents } from './events.ts'

/** What the writer takes at a time when there is much: 64 entries of 32 events. */
const batchRows = 2_048
const rows = 200_000

/** Rows a second of nothing but the insert into the empty table, by one connection; the rows are made before. */
export async function bareRate(stage: Stage): Promise<number> {
  const pool = openPool({ connectionString: stage.database.url, poolSize: 1 })
  await prepareUsagePartitions(pool, systemClock.now())
  await forgetUsage(stage)
  const events: UsageEvent[] = [...sampleEvents(rows)]
  const batches = Array.from({ length: Math.ceil(rows / batchRows) }, (_, index) =>
    events.slice(index * batchRows, (index + 1) * batchRows),
  )
  const begun = performance.now()
  await bareInsert(pool, batches)
  const seconds = (performance.now() - begun) / 1000
  await pool.end()
  await forgetUsage(stage)
  return rows / seconds
}

/** Both sides begin with the same empty tables. */
export async function forgetUsage({ database }: Stage): Promise<void> {
  await sql`truncate metering.usage_event, metering.usage_hour, metering.shard cascade`.execute(
    database.ownerDb,
  )
}
