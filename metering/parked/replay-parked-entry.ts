import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { shardOf } from '#metering/shards.ts'
import { ensurePartitions } from '#metering/writer/ensure-partitions.ts'
import type { EventToWrite } from '#metering/writer/insert-events.ts'
import { sqlClientOf } from '#metering/writer/sql-client.ts'
import { applyBatch } from '#metering/writer/write-batch.ts'
import { readParkedBody } from './parked-body.ts'
import { lockParkedEntry, resolveParkedEntry } from './parked.queries.ts'

export type ReplayParkedEntryResult =
  | Readonly<{ kind: 'replayed'; events: number; inserted: number }>
  | Readonly<{ kind: 'already_resolved' }>
  | Readonly<{ kind: 'still_unreadable'; reason: string }>

/**
 * Reads a parked entry again, the same body and nothing else, and writes it as the writer would have:
 * events, roll-ups, claims, and the entry's end in one commit, so it counts exactly once. What still
 * cannot be read stays parked. Errors: FORBIDDEN, NOT_FOUND.
 */
export async function replayParkedEntry(
  ctx: Context,
  input: Readonly<{ entryId: bigint }>,
): Promise<ReplayParkedEntryResult> {
  requirePermission(ctx, 'parked_entry:replay')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockParkedEntry(tx, input.entryId)
    if (!entry) throw new DomainError('NOT_FOUND')
    if (entry.resolvedAt) return { kind: 'already_resolved' }
    const read = readParkedBody(entry.body, entry)
    if (read.kind === 'unreadable') return { kind: 'still_unreadable', reason: read.reason }
    const now = ctx.clock.now()
    const inserted = await writeReplayed(tx, { events: read.events, now })
    const by = actorId(ctx.actor)
    await resolveParkedEntry(tx, { entryId: entry.entryId, at: now, by, resolution: 'replayed' })
    await audit(tx, ctx, {
      action: 'parked_entry:replay',
      objectType: 'parked_entry',
      objectId: String(entry.entryId),
      detail: { events: read.events.map(({ event }) => event.eventId), inserted },
    })
    return { kind: 'replayed', events: read.events.length, inserted }
  })
}

/** Writes events into the shards of their buyers, in the order of the shards so that no two wait for each other. */
export async function writeReplayed(
  tx: Tx,
  of: Readonly<{ events: readonly EventToWrite[]; now: Date }>,
): Promise<number> {
  const client = sqlClientOf(tx)
  await ensurePartitions(client, of.events)
  const shards = Map.groupBy(of.events, ({ event }) => shardOf(event.buyerId))
  let inserted = 0
  for (const [shard, events] of [...shards].toSorted(([a], [b]) => a - b)) {
    const at = { shard, now: of.now }
    inserted += (await applyBatch(client, at, { events, poison: [], boots: [] })).inserted
  }
  return inserted
}
