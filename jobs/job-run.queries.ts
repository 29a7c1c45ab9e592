import type { Database } from '#kernel/database.ts'

export async function insertJobRun(
  db: Database,
  run: Readonly<{ job: string; jobId: string; attempt: number; startedAt: Date }>,
): Promise<bigint> {
  const row = await db
    .insertInto('kernel.job_run')
    .values({ job: run.job, job_id: run.jobId, attempt: run.attempt, started_at: run.startedAt })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function finishJobRun(
  db: Database,
  run: Readonly<{
    runId: bigint
    at: Date
    outcome: 'done' | 'failed'
    detail: Readonly<Record<string, unknown>>
  }>,
): Promise<void> {
  await db
    .updateTable('kernel.job_run')
    .set({
      finished_at: run.at,
      outcome: run.outcome,
      detail: JSON.stringify(run.detail, (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
    })
    .where('id', '=', run.runId)
    .execute()
}
