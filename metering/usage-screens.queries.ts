import { type Selectable, sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { correctedBillable, correctedReason, correctionOf } from './correction/corrected-usage.ts'
import type { CorrectionKind } from './correction/correction.queries.ts'
import { isOfOperator } from './operator-products.queries.ts'
import type { Tables } from '#migrations/tables.ts'

/** Which usage a screen asks for; the buyer is always one's own or, for the operator, anybody's. */
export type UsageFilter = Readonly<{
  buyerId?: Id<'org'>
  /** Only use of this operator's products. */
  operatorId?: Id<'org'>
  from: Date
  to: Date
  mode?: 'live' | 'sandbox'
  productId?: Id<'product'>
  subscriptionId?: Id<'sub'>
  keyId?: Id<'key'>
}>

/** Calls by what became of them: total = billed + all reasons why the others were free (R44). */
export type UsageTotals = Readonly<{
  calls: bigint
  billedCalls: bigint
  freeCalls: Readonly<Record<string, bigint>>
  records: bigint
  bytes: bigint
}>

export type UsageBucket = UsageTotals & Readonly<{ bucket: string }>
export type UsageGrouping = 'hour' | 'day' | 'product' | 'key' | 'subscription' | 'buyer' | 'result'

const bucketOf = {
  hour: sql<string>`to_char(hour at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:00')`,
  day: sql<string>`to_char(hour at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`,
  product: sql<string>`product_id`,
  key: sql<string>`key_id`,
  subscription: sql<string>`subscription_id`,
  buyer: sql<string>`buyer_id`,
  result: sql<string>`result_class`,
} as const satisfies Record<UsageGrouping, unknown>

/**
 * Usage from the hourly roll-ups, by business hour or day (Asia/Shanghai) or by what it was for, in the
 * order of the bucket. An hour counts when it begins within [from, to).
 */
export async function listUsage(
  db: Database,
  filter: UsageFilter,
  grouping: UsageGrouping,
): Promise<UsageBucket[]> {
  const rows = await filtered(db, filter)
    .select([
      bucketOf[grouping].as('bucket'),
      'billable',
      'reason',
      (eb) => eb.fn.sum<string>('attempts').as('attempts'),
      (eb) => eb.fn.sum<string>('records').as('records'),
      (eb) => eb.fn.sum<string>('bytes').as('bytes'),
    ])
    .groupBy(['bucket', 'billable', 'reason'])
    .orderBy('bucket')
    .execute()
  const buckets = Map.groupBy(rows, (row) => row.bucket)
  return [...buckets].map(([bucket, members]) => ({ bucket, ...totalsOf(members) }))
}

/** The same in one sum. */
export async function sumUsageTotals(db: Database, filter: UsageFilter): Promise<UsageTotals> {
  const rows = await filtered(db, filter)
    .select([
      'billable',
      'reason',
      (eb) => eb.fn.sum<string>('attempts').as('attempts'),
      (eb) => eb.fn.sum<string>('records').as('records'),
      (eb) => eb.fn.sum<string>('bytes').as('bytes'),
    ])
    .groupBy(['billable', 'reason'])
    .execute()
  return totalsOf(rows)
}

function filtered(db: Database, filter: UsageFilter) {
  return db
    .selectFrom('metering.usage_hour')
    .where('hour', '>=', filter.from)
    .where('hour', '<', filter.to)
    .$if(filter.mode !== undefined, (query) => query.where('mode', '=', filter.mode ?? 'live'))
    .$if(filter.buyerId !== undefined, (query) =>
      query.where('buyer_id', '=', filter.buyerId ?? ''),
    )
    .$if(filter.operatorId !== undefined, (query) =>
      query.where(isOfOperator(filter.operatorId ?? '')),
    )
    .$if(filter.productId !== undefined, (query) =>
      query.where('product_id', '=', filter.productId ?? ''),
    )
    .$if(filter.subscriptionId !== undefined, (query) =>
      query.where('subscription_id', '=', filter.subscriptionId ?? ''),
    )
    .$if(filter.keyId !== undefined, (query) => query.where('key_id', '=', filter.keyId ?? ''))
}

type TotalRow = Readonly<{
  billable: boolean
  reason: string
  attempts: string
  records: string
  bytes: string
}>

function totalsOf(rows: readonly TotalRow[]): UsageTotals {
  const free: Record<string, bigint> = {}
  const totals = { calls: 0n, billedCalls: 0n, records: 0n, bytes: 0n }
  for (const row of rows) {
    const attempts = BigInt(row.attempts)
    totals.calls += attempts
    totals.records += BigInt(row.records)
    totals.bytes += BigInt(row.bytes)
    if (row.billable) totals.billedCalls += attempts
    else free[row.reason] = (free[row.reason] ?? 0n) + attempts
  }
  return { ...totals, freeCalls: free }
}

export type CallFilter = UsageFilter &
  Readonly<{ billable?: boolean; resultClass?: string; requestId?: string }>
export type CallCursor = Readonly<{ occurredAt: Date; eventId: string }>

/** One attempt as the call log shows it. */
export type CallView = Readonly<{
  eventId: string
  occurredAt: Date
  recordedAt: Date
  requestId: string
  mode: string
  keyId: string
  subscriptionId: string | null
  productId: string | null
  route: string
  resultClass: string
  reason: string
  httpStatus: number
  billable: boolean
  attempts: number
  records: bigint
  bytes: bigint
  durationMs: number
  priceReference: string | null
  repeatsEventId: string | null
  /** Why it no longer counts as it was recorded; null as almost always. */
  correction: Readonly<{
    kind: CorrectionKind
    reason: string
    reference: string
    correctedAt: Date
    replacementEventId: string | null
  }> | null
}>

const callColumns = [
  'e.event_id',
  'e.occurred_at',
  'recorded_at',
  'request_id',
  'mode',
  'key_id',
  'subscription_id',
  'product_id',
  'route',
  'result_class',
  'http_status',
  'attempts',
  'records',
  'bytes',
  'duration_ms',
  'price_reference',
  'repeats_event_id',
  'c.kind as correction_kind',
  'c.reason as correction_reason',
  'c.reference as correction_reference',
  'c.corrected_at',
  'c.replacement_event_id',
] as const

/** The call log of one buyer, newest first, after the cursor. */
export async function listCalls(
  db: Database,
  filter: CallFilter & Readonly<{ buyerId: Id<'org'> }>,
  page: Readonly<{ limit: number; after?: CallCursor }>,
): Promise<CallView[]> {
  const { after } = page
  const rows = await db
    .selectFrom('metering.usage_event as e')
    .leftJoin('metering.usage_correction as c', (join) => join.on(correctionOf))
    .select(callColumns)
    .select([correctedBillable.as('billable'), correctedReason.as('reason')])
    .where('e.buyer_id', '=', filter.buyerId)
    .where('e.occurred_at', '>=', filter.from)
    .where('e.occurred_at', '<', filter.to)
    .$if(filter.mode !== undefined, (q) => q.where('mode', '=', filter.mode ?? 'live'))
    .$if(filter.operatorId !== undefined, (q) => q.where(isOfOperator(filter.operatorId ?? '')))
    .$if(filter.productId !== undefined, (q) => q.where('product_id', '=', filter.productId ?? ''))
    .$if(filter.subscriptionId !== undefined, (q) =>
      q.where('subscription_id', '=', filter.subscriptionId ?? ''),
    )
    .$if(filter.keyId !== undefined, (q) => q.where('key_id', '=', filter.keyId ?? ''))
    .$if(filter.billable !== undefined, (q) =>
      q.where(correctedBillable, '=', filter.billable ?? false),
    )
    .$if(filter.requestId !== undefined, (q) => q.where('request_id', '=', filter.requestId ?? ''))
    .$if(filter.resultClass !== undefined, (q) =>
      q.where(sql<boolean>`result_class = ${filter.resultClass}`),
    )
    .$if(after !== undefined, (q) =>
      q.where(
        sql<boolean>`(e.occurred_at, e.event_id) < (${after?.occurredAt}::timestamptz, ${after?.eventId}::uuid)`,
      ),
    )
    .orderBy('e.occurred_at', 'desc')
    .orderBy('e.event_id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(callFromRow)
}

type CallRow = Omit<
  Selectable<Tables['metering.usage_event']>,
  | 'shard'
  | 'batch'
  | 'boot_id'
  | 'boot_sequence'
  | 'buyer_id'
  | 'product_version_id'
  | 'scenario_id'
  | 'purpose_class'
  | 'request_digest'
> &
  Readonly<{
    correction_kind: string | null
    correction_reason: string | null
    correction_reference: string | null
    corrected_at: Date | null
    replacement_event_id: string | null
  }>

function callFromRow(row: CallRow): CallView {
  return {
    eventId: row.event_id,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    requestId: row.request_id,
    mode: row.mode,
    keyId: row.key_id,
    subscriptionId: row.subscription_id,
    productId: row.product_id,
    route: row.route,
    resultClass: row.result_class,
    reason: row.reason,
    httpStatus: row.http_status,
    billable: row.billable,
    attempts: row.attempts,
    records: row.records,
    bytes: row.bytes,
    durationMs: row.duration_ms,
    priceReference: row.price_reference,
    repeatsEventId: row.repeats_event_id,
    correction: row.corrected_at && {
      kind: row.correction_kind as CorrectionKind,
      reason: row.correction_reason ?? '',
      reference: row.correction_reference ?? '',
      correctedAt: row.corrected_at,
      replacementEventId: row.replacement_event_id,
    },
  }
}
