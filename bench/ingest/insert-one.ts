import type { PoolClient } from 'pg'
import type { UsageEvent } from '#metering/index.ts'

/**
 * What one job of a queue per event writes: the event with the batch number its seal goes by, and its
 * roll-up if the event was new.
 */
export async function insertOne(client: PoolClient, event: UsageEvent): Promise<void> {
  const at = new Date(event.occurredAtMs).toISOString()
  const result = await client.query({
    name: 'insert-one-event',
    text: `insert into metering.usage_event (buyer_id, occurred_at, event_id, recorded_at, mode, shard, batch, key_id,
        subscription_id, product_id, product_version_id, scenario_id, purpose_class, price_reference, request_id,
        route, result_class, reason, http_status, billable, attempts, records, bytes, duration_ms, request_digest)
      values ($1, $2, $3, now(), $4, 0, nextval('metering.batch_number'), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18, $19, $20, $21)
      on conflict do nothing`,
    values: [
      ...[event.buyerId, at, event.eventId, event.mode, event.keyId, event.subscriptionId],
      ...[event.productId, event.productVersionId, event.scenarioId, event.purposeClass],
      ...[event.priceReference, event.requestId, event.route, event.resultClass, event.reason],
      ...[event.httpStatus, event.billable, event.records, event.bytes, event.durationMs],
      event.requestDigest,
    ],
  })
  if (result.rowCount === 0) return
  await client.query({
    name: 'roll-up-one-event',
    text: `insert into metering.usage_hour as total (buyer_id, hour, subscription_id, product_id, key_id, mode,
        result_class, billable, reason, events, attempts, records, bytes, duration_ms)
      values ($1, date_trunc('hour', $2::timestamptz), $3, $4, $5, $6, $7, $8, $9, 1, 1, $10, $11, $12)
      on conflict (buyer_id, hour, subscription_id, product_id, key_id, mode, result_class, billable, reason)
      do update set events = total.events + 1, attempts = total.attempts + 1,
        records = total.records + excluded.records, bytes = total.bytes + excluded.bytes,
        duration_ms = total.duration_ms + excluded.duration_ms`,
    values: [
      ...[event.buyerId, at, event.subscriptionId, event.productId, event.keyId, event.mode],
      ...[event.resultClass, event.billable, event.reason],
      ...[event.records, event.bytes, event.durationMs],
    ],
  })
}
