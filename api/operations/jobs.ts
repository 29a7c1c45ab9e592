import type { JobBoard } from '#api/deps.ts'
import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { JobQueueState } from '#kernel/job-queue.ts'
import { requirePermission } from '#kernel/permissions.ts'

export type JobRun = Readonly<{
  job: string
  jobId: string
  attempt: number
  startedAt: Date
  finishedAt: Date | null
  outcome: 'done' | 'failed' | null
  detail: unknown
}>
export type JobsOverview = Readonly<{
  queue: JobQueueState
  /** Work announced and not yet closed by the verb that does it. */
  openAnnouncements: number
  runs: readonly JobRun[]
}>

const runsShown = 100

/** What is waiting, what failed and why, what ran lately. Errors: FORBIDDEN. */
export async function readJobs(ctx: Context, board: JobBoard): Promise<JobsOverview> {
  requirePermission(ctx, 'job:read')
  const open = await ctx.db
    .selectFrom('kernel.outbox')
    .select((row) => row.fn.countAll<bigint>().as('count'))
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  const rows = await ctx.db
    .selectFrom('kernel.job_run')
    .select(['job', 'job_id', 'attempt', 'started_at', 'finished_at', 'outcome', 'detail'])
    .orderBy('id', 'desc')
    .limit(runsShown)
    .execute()
  return {
    queue: await board.read(),
    openAnnouncements: Number(open.count),
    runs: rows.map((row) => ({
      job: row.job,
      jobId: row.job_id,
      attempt: row.attempt,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      outcome: row.outcome,
      detail: row.detail,
    })),
  }
}

/**
 * Puts a failed job back into the queue; nobody can delete one. The act is recorded before it is done, so no
 * retry is without its trace. Errors: FORBIDDEN, NOT_FOUND (no failed job has this id).
 */
export async function retryJob(
  ctx: Context,
  { board, jobId }: { board: JobBoard; jobId: string },
): Promise<Readonly<{ kind: 'retried' }>> {
  requirePermission(ctx, 'job:retry')
  return inTransaction(ctx.db, async (tx) => {
    await audit(tx, ctx, { action: 'job:retry', objectType: 'job', objectId: jobId })
    if (!(await board.retry(jobId))) throw new DomainError('NOT_FOUND')
    return { kind: 'retried' }
  })
}
