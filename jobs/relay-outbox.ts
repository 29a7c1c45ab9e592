import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'
import type { JobQueue } from '#kernel/job-queue.ts'
import { jobOfEvent } from './events.ts'

/** A row still open so long after it was relayed is relayed again: the queue may have been lost. */
const relayAgainAfterMs = 60_000
const rowsAtOnce = 200

type RelayDeps = Readonly<{ db: Database; clock: Clock; queue: JobQueue }>

/**
 * Hands open outbox rows to the queue under the job id that names the work, oldest first, and returns
 * how many. Rows are closed by the verb that does the work, never here, so a lost queue loses nothing.
 */
export async function relayOutbox({ db, clock, queue }: RelayDeps): Promise<number> {
  const now = clock.now()
  const before = new Date(now.getTime() - relayAgainAfterMs)
  const rows = await db
    .selectFrom('kernel.outbox')
    .select(['id', 'kind', 'payload', 'job_id'])
    .where('closed_at', 'is', null)
    .where((where) => where.or([where('relayed_at', 'is', null), where('relayed_at', '<', before)]))
    .orderBy('id')
    .limit(rowsAtOnce)
    .execute()
  if (rows.length === 0) return 0
  await queue.addBulk(
    rows.map((row) => {
      const payload = row.payload as Record<string, string>
      const { job, data, isNeverGivenUp = false } = jobOfEvent({ kind: row.kind, payload })
      return { name: job, data, opts: { jobId: row.job_id, removeOnFail: isNeverGivenUp } }
    }),
  )
  await db
    .updateTable('kernel.outbox')
    .set((set) => ({ relayed_at: now, relay_attempts: set('relay_attempts', '+', 1) }))
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .execute()
  return rows.length
}
