import { invariant } from '#kernel/errors.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { SqlClient } from './sql-client.ts'

const hourMs = 3_600_000
const none = '-'

type HourRow = {
  buyer_id: string
  hour: string
  subscription_id: string
  product_id: string
  key_id: string
  mode: string
  result_class: string
  billable: boolean
  reason: string
  events: number
  attempts: number
  records: number
  bytes: number
  duration_ms: number
}

/** Adds events up by hour and by what screens tell apart, in a fixed order of their keys. */
export function rollUp(events: readonly UsageEvent[]): HourRow[] {
  const rows = new Map<string, HourRow>()
  for (const event of events) {
    const hourStartMs = event.occurredAtMs - (event.occurredAtMs % hourMs)
    const key = [
      event.buyerId,
      hourStartMs,
      event.subscriptionId ?? none,
      event.productId ?? none,
      event.keyId,
      event.mode,
      event.resultClass,
      event.billable,
      event.reason,
    ].join('\n')
    const row = rows.get(key) ?? emptyRow(event, hourStartMs)
    row.events += 1
    row.attempts += event.attempts
    row.records += event.records
    row.bytes += event.bytes
    row.duration_ms += event.durationMs
    rows.set(key, row)
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function emptyRow(event: UsageEvent, hourStartMs: number): HourRow {
  return {
    buyer_id: event.buyerId,
    hour: new Date(hourStartMs).toISOString(),
    subscription_id: event.subscriptionId ?? none,
    product_id: event.productId ?? none,
    key_id: event.keyId,
    mode: event.mode,
    result_class: event.resultClass,
    billable: event.billable,
    reason: event.reason,
    events: 0,
    attempts: 0,
    records: 0,
    bytes: 0,
    duration_ms: 0,
  }
}

const upsertText = `
  insert into metering.usage_hour as total (buyer_id, hour, subscription_id, product_id, key_id, mode,
    result_class, billable, reason, events, attempts, records, bytes, duration_ms)
  select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::text[], $8::boolean[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])
  on conflict (buyer_id, hour, subscription_id, product_id, key_id, mode, result_class, billable, reason)
  do update set events = total.events + excluded.events, attempts = total.attempts + excluded.attempts,
    records = total.records + excluded.records, bytes = total.bytes + excluded.bytes,
    duration_ms = total.duration_ms + excluded.duration_ms`

const order = [
  'buyer_id',
  'hour',
  'subscription_id',
  'product_id',
  'key_id',
  'mode',
  'result_class',
  'billable',
  'reason',
  'events',
  'attempts',
  'records',
  'bytes',
  'duration_ms',
] as const satisfies readonly (keyof HourRow)[]

/** Adds to the hourly roll-ups, which serve screens; bills are rated from the events. */
export async function addToRollUps(
  client: SqlClient,
  events: readonly UsageEvent[],
): Promise<void> {
  if (events.length === 0) return
  const rows = rollUp(events)
  await client.query({
    name: 'add-usage-hours',
    text: upsertText,
    values: order.map((column) => rows.map((row) => row[column])),
  })
}

const keyOrder = order.slice(0, order.indexOf('events'))
const takeText = `
  update metering.usage_hour set events = events - 1, attempts = attempts - $10, records = records - $11,
    bytes = bytes - $12, duration_ms = duration_ms - $13
  where (${keyOrder.join(', ')}) = ($1, $2::timestamptz, $3, $4, $5, $6, $7, $8::boolean, $9)`

/** Takes an event out of its roll-up: what corrects it counts elsewhere. */
export async function takeFromRollUps(client: SqlClient, event: UsageEvent): Promise<void> {
  const [row] = rollUp([event])
  invariant(row, 'an event has its hour')
  const taken = await client.query({
    text: takeText,
    values: [
      ...keyOrder.map((column) => row[column]),
      row.attempts,
      row.records,
      row.bytes,
      row.duration_ms,
    ],
  })
  invariant(taken.rowCount === 1, 'a stored event stands in its roll-up')
}
