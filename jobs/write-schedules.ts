import type { JobQueue } from '#kernel/job-queue.ts'
import { jobs } from './catalogue.ts'

/**
 * Writes every schedule of the catalogue anew and removes those the catalogue no longer has, at each
 * start of a worker.
 */
export async function writeSchedules(queue: JobQueue): Promise<void> {
  for (const [name, job] of Object.entries(jobs)) {
    if (!job.schedule) continue
    await queue.upsertJobScheduler(
      name,
      { pattern: job.schedule.pattern, tz: 'Asia/Shanghai' },
      { name, data: {} },
    )
  }
  for (const scheduler of await queue.getJobSchedulers()) {
    if (!jobs[scheduler.key]?.schedule) await queue.removeJobScheduler(scheduler.key)
  }
}

/** Gives an emptied Redis its schedules back while the worker lives on. */
export async function keepSchedules(queue: JobQueue): Promise<void> {
  const wanted = Object.values(jobs).filter((job) => job.schedule).length
  if ((await queue.getJobSchedulersCount()) < wanted) await writeSchedules(queue)
}
