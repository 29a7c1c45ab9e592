import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, instant, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { readJobs, retryJob } from '#api/operations/jobs.ts'
import { verbatim, wire } from '#api/wire.ts'

const Jobs = z
  .object({
    queue: z.object({
      waiting: z.int(),
      active: z.int(),
      delayed: z.int(),
      failed: z.array(
        z.object({
          job_id: z.string(),
          job: z.string(),
          payload: z.record(z.string(), z.string()),
          attempts: z.int(),
          reason: z.string(),
          failed_at: instant.nullable(),
        }),
      ),
      schedules: z.array(
        z.object({ job: z.string(), pattern: z.string(), next_at: instant.nullable() }),
      ),
    }),
    open_announcements: z.int(),
    runs: z.array(
      z.object({
        job: z.string(),
        job_id: z.string(),
        attempt: z.int(),
        started_at: instant,
        finished_at: instant.nullable(),
        outcome: z.enum(['done', 'failed']).nullable(),
        detail: z.unknown(),
      }),
    ),
  })
  .openapi('Jobs')

const readRoute = createRoute({
  method: 'get',
  path: '/v1/jobs',
  tags: ['Operation'],
  summary: 'What the worker has to do, what failed and why, what ran lately',
  responses: { 200: answer(Jobs, 'The jobs'), ...refusals(401, 403) },
})

const retryRoute = createRoute({
  method: 'post',
  path: '/v1/jobs/{job_id}/retry',
  tags: ['Operation'],
  summary: 'Try a failed job again',
  request: { params: z.object({ job_id: z.string().min(1).max(200) }) },
  responses: {
    200: answer(z.object({ kind: z.literal('retried') }), 'It is back in the queue'),
    ...refusals(401, 403, 404),
  },
})

export const jobRoutes = newRouter()
  .openapi(readRoute, async (c) => {
    const { queue, openAnnouncements, runs } = await readJobs(await context(c), c.var.deps.jobs)
    const told = {
      openAnnouncements,
      runs: runs.map((run) => ({ ...run, detail: verbatim(run.detail) })),
      queue: {
        ...queue,
        failed: queue.failed.map((job) => ({
          ...job,
          payload: verbatim({ ...job.payload }),
          failedAt: job.failedAt ?? null,
        })),
        schedules: queue.schedules.map((each) => ({ ...each, nextAt: each.nextAt ?? null })),
      },
    }
    return c.json(wire(told), 200)
  })
  .openapi(retryRoute, async (c) => {
    const jobId = c.req.valid('param').job_id
    const result = await retryJob(await context(c), { board: c.var.deps.jobs, jobId })
    return c.json(wire(result), 200)
  })
