import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { usageStreamOf } from '#metering/index.ts'
import type { RedisConnectionOptions } from '#kernel/config.ts'
import { type JobQueue, jobQueueName, openJobQueue } from '#kernel/job-queue.ts'
import type { JobContext } from './define-job.ts'
import { relayOutbox } from './relay-outbox.ts'
import { runJob } from './run-job.ts'
import { keepSchedules, writeSchedules } from './write-schedules.ts'

const relayEveryMs = 500
const lookAtSchedulesEveryMs = 5_000

export type JobWorkerDeps = Omit<JobContext, 'actor' | 'requestId' | 'usageStream'> &
  Readonly<{
    redis: RedisConnectionOptions
    onError: (error: Error) => void
  }>

export type JobWorker = Readonly<{ queue: JobQueue; close: () => Promise<void> }>

/** Starts working: writes the schedules anew, runs jobs, relays the outbox until closed. */
export async function startJobWorker(deps: JobWorkerDeps): Promise<JobWorker> {
  const { db, pool, clock, keys, redis, onError } = deps
  const queue = openJobQueue(redis, { waitForRedis: true, onError })
  await writeSchedules(queue)
  const stream = new Redis({ ...redis, maxRetriesPerRequest: null })
  stream.on('error', onError)
  const usageStream = usageStreamOf(stream)
  const worker = new Worker<Record<string, string>, void>(
    jobQueueName,
    (job) =>
      runJob(
        { db, pool, clock, keys, usageStream },
        {
          job: job.name,
          jobId: job.id ?? job.name,
          payload: job.data,
          attempt: job.attemptsMade + 1,
        },
      ),
    { connection: { ...redis, maxRetriesPerRequest: null }, concurrency: 2 },
  )
  worker.on('error', onError)
  const stopRelaying = repeat(relayEveryMs, () => relayOutbox({ db, clock, queue }), onError)
  const stopKeeping = repeat(lookAtSchedulesEveryMs, () => keepSchedules(queue), onError)
  return {
    queue,
    close: async () => {
      await Promise.all([stopRelaying(), stopKeeping()])
      await worker.close()
      stream.disconnect()
      await queue.close()
    },
  }
}

/** Runs `work` again and again, never two at once; a failure is told and the next turn tries anew. */
function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  onError: (error: Error) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  const turn = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
    }
    if (!stopped) schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = turn()
    }, everyMs)
  }
  schedule()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
