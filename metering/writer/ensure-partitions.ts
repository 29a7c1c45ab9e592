import type { Pool } from 'pg'
import { addDays, dayOf, monthOf, nextMonth } from '#kernel/period.ts'
import type { EventToWrite } from './insert-events.ts'
import type { SqlClient } from './sql-client.ts'

/** Months known to have their partition; partitions are never taken away while a process runs. */
const made = new WeakMap<object, Set<string>>()

/** Makes the partitions these events need: a very late one, or a clock in a month nobody prepared. */
export async function ensurePartitions(
  client: SqlClient,
  rows: readonly EventToWrite[],
): Promise<void> {
  const months = new Set(rows.map(({ event }) => monthOf(new Date(event.occurredAtMs))))
  for (const month of months) await ensureMonth(client, month)
}

/** Makes the partitions of this month and the next ahead of time; run daily. Returns their months. */
export async function prepareUsagePartitions(pool: Pool, now: Date): Promise<string[]> {
  const month = monthOf(now)
  const months = [
    month,
    nextMonth(month),
    monthOf(new Date(`${addDays(dayOf(now), 62)}T04:00:00Z`)),
  ]
  for (const each of new Set(months)) await ensureMonth(pool, each)
  return [...new Set(months)]
}

async function ensureMonth(client: SqlClient | Pool, month: string): Promise<void> {
  const known = made.get(client) ?? new Set<string>()
  made.set(client, known)
  if (known.has(month)) return
  await client.query(`select metering.ensure_usage_partition($1::date)`, [`${month}-01`])
  known.add(month)
}
