import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { CorrectionKind } from './correction.queries.ts'

/**
 * What holds of an event `e` with its correction `c`, if it has one. A voided call stays an attempt that is
 * free; a replaced one counts nowhere, because its replacement counts in its place.
 */
export const correctionOf = sql<boolean>`
  (c.buyer_id = e.buyer_id and c.occurred_at = e.occurred_at and c.event_id = e.event_id)`
export const correctedBillable = sql<boolean>`(e.billable and c.kind is null)`
export const correctedReason = sql<string>`
  (case c.kind when 'void' then 'voided' when 'replace' then 'replaced' else e.reason end)`

/** A charge that a bill had seen and that was corrected since. */
export type CorrectedCharge = Readonly<{
  eventId: string
  kind: CorrectionKind
  subscriptionId: Id<'sub'>
  occurredAt: Date
  /** The batch of the event: tells which bill charged it. */
  batch: bigint
  billable: boolean
  reason: string
  attempts: bigint
  records: bigint
  bytes: bigint
}>

/**
 * Events up to and with `afterBatch` that were corrected in the batches after it, up to and with
 * `throughBatch`: what the bill before had counted and the next must take back. By event time and id.
 */
export async function listCorrectedCharges(
  db: Database,
  input: Readonly<{ buyerId: Id<'org'>; afterBatch: bigint; throughBatch: bigint }>,
): Promise<CorrectedCharge[]> {
  const rows = await db
    .selectFrom('metering.usage_correction as c')
    .innerJoin('metering.usage_event as e', (join) => join.on(correctionOf))
    .select([
      'e.event_id',
      'c.kind',
      'e.subscription_id',
      'e.occurred_at',
      'e.batch',
      'e.billable',
      'e.reason',
      'e.attempts',
      'e.records',
      'e.bytes',
    ])
    .where('c.buyer_id', '=', input.buyerId)
    .where('c.batch', '>', input.afterBatch)
    .where('c.batch', '<=', input.throughBatch)
    .where('e.batch', '<=', input.afterBatch)
    .where('e.mode', '=', 'live')
    .where('e.subscription_id', 'is not', null)
    .orderBy('e.occurred_at')
    .orderBy('e.event_id')
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    kind: row.kind as CorrectionKind,
    subscriptionId: (row.subscription_id ?? '') as Id<'sub'>,
    occurredAt: row.occurred_at,
    batch: row.batch,
    billable: row.billable,
    reason: row.reason,
    attempts: BigInt(row.attempts),
    records: row.records,
    bytes: row.bytes,
  }))
}
