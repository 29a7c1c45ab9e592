import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { msOfUuid, type UsageEvent } from '#metering/usage-event.ts'
import { correctionOf } from './corrected-usage.ts'

/** A stored event as it was recorded, and whether it was corrected since. */
export type StoredEvent = Readonly<{
  event: UsageEvent
  batch: bigint
  recordedAt: Date
  isCorrected: boolean
}>

/** Finds an event by its buyer and id; its time is in the id. */
export async function findStoredEvent(
  db: Database,
  of: Readonly<{ buyerId: Id<'org'>; eventId: string }>,
): Promise<StoredEvent | undefined> {
  const occurredAtMs = msOfUuid(of.eventId)
  const row = await db
    .selectFrom('metering.usage_event as e')
    .leftJoin('metering.usage_correction as c', (join) => join.on(correctionOf))
    .selectAll('e')
    .select('c.kind as correction')
    .where('e.buyer_id', '=', of.buyerId)
    .where('e.occurred_at', '=', new Date(occurredAtMs))
    .where('e.event_id', '=', of.eventId)
    .executeTakeFirst()
  if (!row) return undefined
  const event: UsageEvent = {
    eventId: row.event_id,
    occurredAtMs,
    mode: row.mode,
    buyerId: row.buyer_id,
    keyId: row.key_id,
    subscriptionId: row.subscription_id,
    productId: row.product_id,
    productVersionId: row.product_version_id,
    scenarioId: row.scenario_id,
    purposeClass: row.purpose_class,
    priceReference: row.price_reference,
    requestId: row.request_id,
    route: row.route,
    resultClass: row.result_class,
    reason: row.reason,
    httpStatus: row.http_status,
    billable: row.billable,
    attempts: row.attempts,
    records: Number(row.records),
    bytes: Number(row.bytes),
    durationMs: row.duration_ms,
    requestDigest: row.request_digest,
    repeatsEventId: row.repeats_event_id,
    idempotencyKey: null,
  }
  const { batch, recorded_at: recordedAt } = row
  return { event, batch, recordedAt, isCorrected: row.correction !== null }
}
