import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { shardOf } from '#metering/shards.ts'
import { streamEntryFields } from '#metering/stream-entry.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { UsageStream } from '#metering/usage-stream.ts'
import { sqlClientOf } from '#metering/writer/sql-client.ts'
import { settleUsageBatches } from './settle-usage-batches.ts'
import {
  type BatchName,
  getBatchEvents,
  listMissing,
  listUnsettled,
  saveForwarding,
  type Unsettled,
} from './usage-batch.queries.ts'

const eventsPerEntry = 256

type ForwardContext = Context & Readonly<{ usageStream: Pick<UsageStream, 'append' | 'holds'> }>
export type ForwardUsageBatchResult = Readonly<{
  /** `waiting`: the stream has all of it and the writer is still to come. */
  kind: 'stored' | 'waiting' | 'forwarded'
  events: number
  entries: number
}>

/**
 * Puts what is not stored of an accepted batch on the streams of its buyers, where the writer finds it like any
 * other usage. Its work stays open, and is therefore done again, until every event is stored or parked: a
 * stream that was lost in between is filled again. Done twice, the writer finds every event there.
 */
export async function forwardUsageBatch(
  ctx: ForwardContext,
  batch: BatchName,
): Promise<ForwardUsageBatchResult> {
  const unsettled = await settled(ctx, batch)
  if (unsettled.length === 0) return { kind: 'stored', events: 0, entries: 0 }
  const { events, firstEvent, acceptedAt } = await getBatchEvents(ctx.db, batch)
  const done = { events: 0, entries: 0 }
  for (const part of unsettled) {
    const shard = shardOf(part.buyerId)
    if (part.streamId !== null && (await ctx.usageStream.holds(shard, part.streamId))) continue
    const missing = new Set(await listMissing(ctx.db, { ...batch, buyerId: part.buyerId }))
    let streamId: string | undefined
    for (const run of runsOf(events, (event) => missing.has(event.eventId))) {
      streamId = await ctx.usageStream.append(
        shard,
        streamEntryFields({
          bootId: batch.sourceId,
          firstSequence: Number(firstEvent) + run.from,
          // It is no gateway: what of it is not stored holds the watermark back by its standing.
          completeBeforeMs: 0,
          sentAtMs: acceptedAt.getTime(),
          events: run.events,
        }),
      )
      done.entries += 1
      done.events += run.events.length
    }
    if (streamId !== undefined)
      await saveForwarding(ctx.db, { ...batch, ...part, streamId, at: ctx.clock.now() })
  }
  return { kind: done.entries === 0 ? 'waiting' : 'forwarded', ...done }
}

/** Counts anew what is stored and closes the work if nothing is missing; else says of which buyers it is. */
async function settled(ctx: ForwardContext, batch: BatchName): Promise<Unsettled[]> {
  return inTransaction(ctx.db, async (tx) => {
    const batches = [{ ...batch, sequence: BigInt(batch.sequence) }]
    await settleUsageBatches(sqlClientOf(tx), { batches, now: ctx.clock.now() })
    return listUnsettled(tx, batch)
  })
}

type Run = { from: number; events: UsageEvent[] }

/** Events that follow each other in the batch, at most an entry's worth: an entry numbers its events through. */
function runsOf(events: readonly UsageEvent[], isWanted: (event: UsageEvent) => boolean): Run[] {
  const runs: Run[] = []
  for (const [index, event] of events.entries()) {
    if (!isWanted(event)) continue
    const last = runs.at(-1)
    const follows = last !== undefined && last.from + last.events.length === index
    if (follows && last.events.length < eventsPerEntry) last.events.push(event)
    else runs.push({ from: index, events: [event] })
  }
  return runs
}
