import type { Clock } from './clock.ts'
import type { Tx } from './database.ts'

/**
 * What a verb has caused and somebody else must carry on. The row is written in the verb's own
 * transaction, relayed to a queue by `jobs`, and closed by the transaction of the verb that handles it.
 */
export type OutboxEvent = Readonly<{
  /** What happened, e.g. `bill.issued`; `jobs` maps it to a job. */
  kind: string
  /** Names the work, not the attempt; no `:` (BullMQ refuses it). Relaying twice is then harmless. */
  jobId: string
  payload: Readonly<Record<string, string>>
}>

export async function announce(tx: Tx, clock: Clock, event: OutboxEvent): Promise<void> {
  await tx
    .insertInto('kernel.outbox')
    .values({
      kind: event.kind,
      payload: JSON.stringify(event.payload),
      job_id: event.jobId,
      recorded_at: clock.now(),
    })
    .execute()
}

/** When this piece of work was first announced; undefined once it is closed. */
export async function findAnnouncedAt(tx: Tx, jobId: string): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('kernel.outbox')
    .select('recorded_at')
    .where('job_id', '=', jobId)
    .where('closed_at', 'is', null)
    .orderBy('recorded_at')
    .limit(1)
    .executeTakeFirst()
  return row?.recorded_at
}

/** Closes every open row of this piece of work, inside the transaction that has done it. */
export async function closeOutbox(tx: Tx, clock: Clock, jobId: string): Promise<void> {
  await tx
    .updateTable('kernel.outbox')
    .set({ closed_at: clock.now() })
    .where('job_id', '=', jobId)
    .where('closed_at', 'is', null)
    .execute()
}
