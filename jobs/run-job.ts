import { UnrecoverableError } from 'bullmq'
import { ZodError } from 'zod'
import { DomainError } from '#kernel/errors.ts'
import { jobs } from './catalogue.ts'
import type { JobContext } from './define-job.ts'
import { finishJobRun, insertJobRun } from './job-run.queries.ts'

export type JobToRun = Readonly<{
  job: string
  jobId: string
  payload: unknown
  attempt: number
}>

/**
 * Runs one job and keeps the run with its outcome for the jobs page. A refusal of the domain or a
 * payload of the wrong form is not cured by trying again; anything else may be.
 */
export async function runJob(
  base: Omit<JobContext, 'actor' | 'requestId'>,
  work: JobToRun,
): Promise<void> {
  const definition = jobs[work.job]
  if (!definition) throw new UnrecoverableError(`no job is called ${work.job}`)
  const ctx: JobContext = {
    ...base,
    actor: { kind: 'system', job: work.job },
    requestId: `job-${work.jobId}`,
  }
  const runId = await insertJobRun(ctx.db, { ...work, startedAt: ctx.clock.now() })
  try {
    const result = await definition.run(ctx, work.payload, work.jobId)
    await finishJobRun(ctx.db, { runId, at: ctx.clock.now(), outcome: 'done', detail: result })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await finishJobRun(ctx.db, {
      runId,
      at: ctx.clock.now(),
      outcome: 'failed',
      detail: { reason },
    })
    if (error instanceof DomainError || error instanceof ZodError)
      throw new UnrecoverableError(reason)
    throw error
  }
}
