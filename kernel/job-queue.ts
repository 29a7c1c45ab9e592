import { type Job, Queue } from 'bullmq'
import type { RedisConnectionOptions } from './config.ts'

/** The one queue of the platform's jobs; `jobs` works on it, the console shows it. */
export const jobQueueName = 'platform'

export type JobQueue = Queue<Record<string, string>, void, string>

/**
 * Opens the queue for adding and looking. A caller that must answer somebody fails at once while Redis
 * is away, instead of waiting for it (`waitForRedis: false`).
 */
export function openJobQueue(
  connection: RedisConnectionOptions,
  options: { waitForRedis: boolean; onError: (error: Error) => void },
): JobQueue {
  const queue: JobQueue = new Queue(jobQueueName, {
    connection: options.waitForRedis
      ? { ...connection, maxRetriesPerRequest: null }
      : { ...connection, maxRetriesPerRequest: 1, enableOfflineQueue: false },
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: 'exponential', delay: 2_000 },
      // A finished job frees its id, so work that was not closed can be relayed under it again;
      // a failed one stays until the system administrator retries it.
      removeOnComplete: true,
      removeOnFail: false,
    },
  })
  queue.on('error', options.onError)
  return queue
}

/** A job that used up its attempts, as the console shows it. */
export type FailedJob = Readonly<{
  jobId: string
  job: string
  payload: Readonly<Record<string, string>>
  attempts: number
  reason: string
  failedAt: Date | undefined
}>

export type JobQueueState = Readonly<{
  waiting: number
  active: number
  delayed: number
  failed: readonly FailedJob[]
  schedules: readonly Readonly<{ job: string; pattern: string; nextAt: Date | undefined }>[]
}>

/** What stands in the queue now: counts, failed jobs with their reasons, schedules with their next time. */
export async function readJobQueue(queue: JobQueue): Promise<JobQueueState> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed')
  const failed = await queue.getFailed(0, 99)
  const schedulers = await queue.getJobSchedulers()
  return {
    waiting: counts['waiting'] ?? 0,
    active: counts['active'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    failed: failed.map(failedJob),
    schedules: schedulers.map((schedule) => ({
      job: schedule.name,
      pattern: schedule.pattern ?? `every ${String(schedule.every)} ms`,
      nextAt: schedule.next === undefined ? undefined : new Date(schedule.next),
    })),
  }
}

/** Puts a failed job back; `false` when no failed job has this id (done or already retried). */
export async function retryFailedJob(queue: JobQueue, jobId: string): Promise<boolean> {
  const job = await queue.getJob(jobId)
  if (!job || !(await job.isFailed())) return false
  await job.retry('failed')
  return true
}

function failedJob(job: Job<Record<string, string>, void, string>): FailedJob {
  return {
    jobId: job.id ?? '',
    job: job.name,
    payload: job.data,
    attempts: job.attemptsMade,
    reason: job.failedReason ?? '',
    failedAt: job.finishedOn === undefined ? undefined : new Date(job.finishedOn),
  }
}
