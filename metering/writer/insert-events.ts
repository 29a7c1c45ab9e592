import type { UsageEvent } from '#metering/usage-event.ts'
import type { SqlClient } from './sql-client.ts'

/** An event with what the writer knows of it. */
export type EventToWrite = Readonly<{
  event: UsageEvent
  bootId: string | null
  bootSequence: number | null
}>

export type WriteTarget = Readonly<{ shard: number; batch: bigint; recordedAt: Date }>

/** A value of a column. */
export type Fact = string | number | boolean | null

type Column = Readonly<{
  name: string
  type: string
  of: (row: EventToWrite) => Fact
}>

/** What names an event. */
export const keyColumns: readonly Column[] = [
  { name: 'buyer_id', type: 'text', of: ({ event }) => event.buyerId },
  { name: 'occurred_at', type: 'timestamptz', of: ({ event }) => isoOf(event) },
  { name: 'event_id', type: 'uuid', of: ({ event }) => event.eventId },
]
/** What is said of it; the same id with other facts is a conflict. */
export const factColumns: readonly Column[] = [
  { name: 'mode', type: 'text', of: ({ event }) => event.mode },
  { name: 'key_id', type: 'text', of: ({ event }) => event.keyId },
  { name: 'subscription_id', type: 'text', of: ({ event }) => event.subscriptionId },
  { name: 'product_id', type: 'text', of: ({ event }) => event.productId },
  { name: 'product_version_id', type: 'text', of: ({ event }) => event.productVersionId },
  { name: 'scenario_id', type: 'text', of: ({ event }) => event.scenarioId },
  { name: 'purpose_class', type: 'text', of: ({ event }) => event.purposeClass },
  { name: 'price_reference', type: 'text', of: ({ event }) => event.priceReference },
  { name: 'request_id', type: 'text', of: ({ event }) => event.requestId },
  { name: 'route', type: 'text', of: ({ event }) => event.route },
  { name: 'result_class', type: 'text', of: ({ event }) => event.resultClass },
  { name: 'reason', type: 'text', of: ({ event }) => event.reason },
  { name: 'http_status', type: 'smallint', of: ({ event }) => event.httpStatus },
  { name: 'billable', type: 'boolean', of: ({ event }) => event.billable },
  { name: 'attempts', type: 'int', of: ({ event }) => event.attempts },
  { name: 'records', type: 'bigint', of: ({ event }) => event.records },
  { name: 'bytes', type: 'bigint', of: ({ event }) => event.bytes },
  { name: 'duration_ms', type: 'int', of: ({ event }) => event.durationMs },
  { name: 'request_digest', type: 'text', of: ({ event }) => event.requestDigest },
  { name: 'repeats_event_id', type: 'uuid', of: ({ event }) => event.repeatsEventId },
]
const columns: readonly Column[] = [
  ...keyColumns,
  { name: 'boot_id', type: 'text', of: (row) => row.bootId },
  { name: 'boot_sequence', type: 'bigint', of: (row) => row.bootSequence },
  ...factColumns,
]

const names = columns.map((column) => column.name).join(', ')
const arrays = columns.map((column, index) => `$${index + 4}::${column.type}[]`).join(', ')
const insertText = `
  insert into metering.usage_event (shard, batch, recorded_at, ${names})
  select $1::smallint, $2::bigint, $3::timestamptz, * from unnest(${arrays})
  on conflict do nothing
  returning event_id`

/** Inserts events that are not there yet and returns those it inserted; a redelivered one changes nothing. */
export async function insertEvents(
  client: SqlClient,
  target: WriteTarget,
  rows: readonly EventToWrite[],
): Promise<UsageEvent[]> {
  if (rows.length === 0) return []
  const result = await client.query<{ event_id: string }>({
    name: 'insert-usage-events',
    text: insertText,
    values: [
      target.shard,
      target.batch.toString(),
      target.recordedAt.toISOString(),
      ...columns.map((column) => rows.map(column.of)),
    ],
  })
  if (result.rows.length === rows.length) return rows.map((row) => row.event)
  const inserted = new Set(result.rows.map((row) => row.event_id))
  const found: UsageEvent[] = []
  // A batch may hold one event twice; it was inserted once and counts once.
  for (const { event } of rows) if (inserted.delete(event.eventId)) found.push(event)
  return found
}

function isoOf(event: UsageEvent): string {
  return new Date(event.occurredAtMs).toISOString()
}
