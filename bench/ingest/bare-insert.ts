import type { Pool } from 'pg'
import type { UsageEvent } from '#metering/index.ts'

const columns: readonly (readonly [string, string, (event: UsageEvent) => unknown])[] = [
  ['buyer_id', 'text', (event) => event.buyerId],
  ['occurred_at', 'timestamptz', (event) => new Date(event.occurredAtMs).toISOString()],
  ['event_id', 'uuid', (event) => event.eventId],
  ['mode', 'text', (event) => event.mode],
  ['key_id', 'text', (event) => event.keyId],
  ['subscription_id', 'text', (event) => event.subscriptionId],
  ['product_id', 'text', (event) => event.productId],
  ['product_version_id', 'text', (event) => event.productVersionId],
  ['scenario_id', 'text', (event) => event.scenarioId],
  ['purpose_class', 'text', (event) => event.purposeClass],
  ['price_reference', 'text', (event) => event.priceReference],
  ['request_id', 'text', (event) => event.requestId],
  ['route', 'text', (event) => event.route],
  ['result_class', 'text', (event) => event.resultClass],
  ['reason', 'text', (event) => event.reason],
  ['http_status', 'smallint', (event) => event.httpStatus],
  ['billable', 'boolean', (event) => event.billable],
  ['attempts', 'int', (event) => event.attempts],
  ['records', 'bigint', (event) => event.records],
  ['bytes', 'bigint', (event) => event.bytes],
  ['duration_ms', 'int', (event) => event.durationMs],
  ['request_digest', 'text', (event) => event.requestDigest],
]

const text = `insert into metering.usage_event (shard, batch, recorded_at, boot_id, boot_sequence,
    ${columns.map(([name]) => name).join(', ')})
  select 0, 0, now(), 'bench', 1, * from unnest(${columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')})
  on conflict do nothing`

/** Nothing but the insert: the same rows into the same table, one commit for each batch, one connection. */
export async function bareInsert(
  pool: Pool,
  batches: readonly (readonly UsageEvent[])[],
): Promise<void> {
  for (const batch of batches)
    await pool.query({
      name: 'bare',
      text,
      values: columns.map(([, , of]) => batch.map(of)),
    })
}
