import { sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { BatchReceipt, SignedBatch } from './accept-usage-batch.ts'

export type BatchName = Readonly<{ sourceId: Id<'source'>; sequence: number }>

/** The receipt of a batch that was accepted. */
export async function findBatch(db: Database, of: BatchName): Promise<BatchReceipt | undefined> {
  const row = await db
    .selectFrom('metering.usage_batch')
    .select(['digest', 'event_count', 'accepted_at', 'receipt'])
    .where('source_id', '=', of.sourceId)
    .where('sequence', '=', BigInt(of.sequence))
    .executeTakeFirst()
  return (
    row && {
      sourceId: of.sourceId,
      sequence: of.sequence,
      digest: row.digest,
      eventCount: row.event_count,
      acceptedAt: row.accepted_at,
      receipt: row.receipt,
    }
  )
}

/** The number of the next batch of a source, and of its first event. */
export async function nextPlace(
  db: Database,
  sourceId: string,
): Promise<Readonly<{ sequence: number; event: bigint }>> {
  const row = await db
    .selectFrom('metering.usage_batch')
    .select(['sequence', 'first_event', 'event_count'])
    .where('source_id', '=', sourceId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return { sequence: 1, event: 1n }
  return { sequence: Number(row.sequence) + 1, event: row.first_event + BigInt(row.event_count) }
}

export async function listReported(
  db: Database,
  of: Readonly<{ sourceId: string; references: readonly string[] }>,
): Promise<string[]> {
  const rows = await db
    .selectFrom('metering.usage_batch_event')
    .select('reference')
    .where('source_id', '=', of.sourceId)
    .where('reference', 'in', of.references)
    .execute()
  return rows.map((row) => row.reference)
}

export async function insertUsageBatch(
  tx: Tx,
  of: BatchReceipt &
    Readonly<{ batch: SignedBatch; events: readonly UsageEvent[]; firstEvent: bigint }>,
): Promise<void> {
  const name = { source_id: of.sourceId, sequence: BigInt(of.sequence) }
  await tx
    .insertInto('metering.usage_batch')
    .values({
      ...name,
      digest: of.digest,
      signature: of.batch.signature,
      events: JSON.stringify(of.events),
      event_count: of.eventCount,
      first_event: of.firstEvent,
      accepted_at: of.acceptedAt,
      receipt: of.receipt,
    })
    .execute()
  await tx
    .insertInto('metering.usage_batch_event')
    .values(
      of.batch.events.map(({ reference }, index) => ({
        ...name,
        reference,
        event_id: of.events[index]?.eventId ?? '',
        buyer_id: of.events[index]?.buyerId ?? '',
        occurred_at: new Date(of.events[index]?.occurredAtMs ?? 0),
      })),
    )
    .execute()
  const buyers = Map.groupBy(of.events, (event) => event.buyerId)
  await tx
    .insertInto('metering.usage_batch_standing')
    .values(
      [...buyers].map(([buyerId, events]) => ({
        ...name,
        buyer_id: buyerId,
        event_count: events.length,
        first_at: new Date(Math.min(...events.map((event) => event.occurredAtMs))),
      })),
    )
    .execute()
}

/** The events of an accepted batch as they go to the stream; the writer reads them strictly. */
export async function getBatchEvents(
  db: Database,
  of: BatchName,
): Promise<Readonly<{ events: readonly UsageEvent[]; firstEvent: bigint; acceptedAt: Date }>> {
  const row = await db
    .selectFrom('metering.usage_batch')
    .select(['events', 'first_event', 'accepted_at'])
    .where('source_id', '=', of.sourceId)
    .where('sequence', '=', BigInt(of.sequence))
    .executeTakeFirstOrThrow()
  return {
    events: row.events as readonly UsageEvent[],
    firstEvent: row.first_event,
    acceptedAt: row.accepted_at,
  }
}

/** What of a batch is on its way to one of its buyers. */
export type Unsettled = Readonly<{ buyerId: string; streamId: string | null }>

export async function listUnsettled(db: Database, of: BatchName): Promise<Unsettled[]> {
  const rows = await db
    .selectFrom('metering.usage_batch_standing')
    .select(['buyer_id', 'stream_id'])
    .where('source_id', '=', of.sourceId)
    .where('sequence', '=', BigInt(of.sequence))
    .where('settled_at', 'is', null)
    .orderBy('buyer_id')
    .execute()
  return rows.map((row) => ({ buyerId: row.buyer_id, streamId: row.stream_id }))
}

/** Ids of a buyer's events of a batch that are neither stored nor parked. */
export async function listMissing(
  db: Database,
  of: BatchName & Readonly<{ buyerId: string }>,
): Promise<string[]> {
  const { rows } = await sql<{ event_id: string }>`
    select t.event_id from metering.usage_batch_event t
    where t.source_id = ${of.sourceId} and t.sequence = ${BigInt(of.sequence)} and t.buyer_id = ${of.buyerId}
      and not exists (select from metering.usage_event e
        where e.buyer_id = t.buyer_id and e.occurred_at = t.occurred_at and e.event_id = t.event_id)
      and not exists (select from metering.parked_entry p
        where p.boot_id = t.source_id and position(t.event_id::text in p.body) > 0)`.execute(db)
  return rows.map((row) => row.event_id)
}

export async function saveForwarding(
  db: Database,
  of: BatchName & Readonly<{ buyerId: string; streamId: string; at: Date }>,
): Promise<void> {
  await db
    .updateTable('metering.usage_batch_standing')
    .set((eb) => ({
      forwardings: eb('forwardings', '+', 1),
      forwarded_at: of.at,
      stream_id: of.streamId,
    }))
    .where('source_id', '=', of.sourceId)
    .where('sequence', '=', BigInt(of.sequence))
    .where('buyer_id', '=', of.buyerId)
    .execute()
}

export type BatchStanding = Readonly<{
  sequence: bigint
  eventCount: number
  acceptedAt: Date
  /** How often the part of it that went most often was put on a stream, and when it last was. */
  forwardings: number
  forwardedAt: Date | null
  stored: number
  parked: number
  /** When the last of it was stored or parked. */
  settledAt: Date | null
}>

/** Batches of a source with what is stored of each: those that are not settled first, then the latest. */
export async function listBatchStandings(
  db: Database,
  of: Readonly<{ sourceId: string; limit: number }>,
): Promise<BatchStanding[]> {
  const { rows } = await sql<{
    sequence: bigint
    event_count: number
    accepted_at: Date
    forwardings: number
    forwarded_at: Date | null
    stored: number
    parked: number
    settled_at: Date | null
  }>`
    select b.sequence, b.event_count, b.accepted_at, max(s.forwardings) as forwardings,
      max(s.forwarded_at) as forwarded_at, sum(s.stored)::int as stored, sum(s.parked)::int as parked,
      case when bool_and(s.settled_at is not null) then max(s.settled_at) end as settled_at
    from metering.usage_batch b join metering.usage_batch_standing s using (source_id, sequence)
    where b.source_id = ${of.sourceId}
    group by b.source_id, b.sequence
    order by bool_and(s.settled_at is not null), b.sequence desc limit ${of.limit}`.execute(db)
  return rows.map((row) => ({
    sequence: BigInt(row.sequence),
    eventCount: row.event_count,
    acceptedAt: row.accepted_at,
    forwardings: row.forwardings,
    forwardedAt: row.forwarded_at,
    stored: row.stored,
    parked: row.parked,
    settledAt: row.settled_at,
  }))
}
