import type { JobBoard } from '#api/deps.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'
import { listShardStates } from '#metering/index.ts'

/** What somebody on duty is woken for; `docs/operations.md` says at which value. */
export type PlatformState = Readonly<{
  shards: readonly Readonly<{
    shard: number
    /** How long ago the time was before which all its usage is stored; null before the first entry. */
    watermarkAgeSeconds: number | null
    parkedEntries: number
  }>[]
  /** Age of the oldest announced work that is not done; 0 without any. */
  oldestAnnouncementSeconds: number
  openAnnouncements: number
  failedJobs: number
  waitingJobs: number
  /** Age of the oldest audit row that is not yet sealed; 0 without any. */
  oldestUnsealedAuditSeconds: number
}>

/** Reads the state of everything that runs by itself, as `/metrics` gives it. */
export async function readPlatformState(
  deps: Readonly<{ db: Database; clock: Clock; jobs: JobBoard }>,
): Promise<PlatformState> {
  const { db, clock, jobs } = deps
  const nowMs = clock.now().getTime()
  const age = (at: Date | null): number => (at ? Math.max(0, (nowMs - at.getTime()) / 1000) : 0)
  const [shards, open, unsealed, queue] = await Promise.all([
    listShardStates(db),
    findOpenAnnouncements(db),
    findOldestUnsealedAudit(db),
    jobs.read(),
  ])
  return {
    shards: shards.map(({ shard, watermarkAt, parkedEntries }) => ({
      shard,
      watermarkAgeSeconds: watermarkAt && age(watermarkAt),
      parkedEntries,
    })),
    openAnnouncements: open.count,
    oldestAnnouncementSeconds: age(open.oldest),
    failedJobs: queue.failed.length,
    waitingJobs: queue.waiting,
    oldestUnsealedAuditSeconds: age(unsealed),
  }
}

async function findOpenAnnouncements(db: Database) {
  const row = await db
    .selectFrom('kernel.outbox')
    .select(({ fn }) => [fn.countAll<bigint>().as('count'), fn.min('recorded_at').as('oldest')])
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { count: Number(row.count), oldest: row.oldest as Date | null }
}

async function findOldestUnsealedAudit(db: Database): Promise<Date | null> {
  const row = await db
    .selectFrom('kernel.audit_waiting')
    .innerJoin('kernel.audit_entry', 'kernel.audit_entry.id', 'entry_id')
    .select('recorded_at')
    .orderBy('entry_id')
    .limit(1)
    .executeTakeFirst()
  return row?.recorded_at ?? null
}
