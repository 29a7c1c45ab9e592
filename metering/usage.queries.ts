import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { correctedBillable, correctedReason, correctionOf } from './correction/corrected-usage.ts'

/** A time of one subscription that is rated at one price. */
export type UsageSlice = Readonly<{ subscriptionId: Id<'sub'>; from: Date; to: Date }>

/** What was used in a slice: every attempt is billed or free for a reason (R44). */
export type UsageSum = Readonly<{
  calls: bigint
  billedCalls: bigint
  billedRecords: bigint
  billedBytes: bigint
  freeCalls: Readonly<Record<string, bigint>>
}>

export const noUsage: UsageSum = {
  calls: 0n,
  billedCalls: 0n,
  billedRecords: 0n,
  billedBytes: 0n,
  freeCalls: {},
}

type SumRow = Readonly<{
  slice: string
  billable: boolean
  reason: string
  attempts: string
  records: string
  bytes: string
}>

/**
 * Sums live events of a buyer by slice, from the events themselves, of the batches after `afterBatch` up
 * to and with `throughBatch`, as corrected up to that batch. One sum for each slice, in their order.
 */
export async function sumUsage(
  db: Database,
  input: Readonly<{
    buyerId: Id<'org'>
    slices: readonly UsageSlice[]
    afterBatch: bigint
    throughBatch: bigint
  }>,
): Promise<UsageSum[]> {
  if (input.slices.length === 0) return []
  const { from, to } = boundsOf(input.slices)
  const result = await sql<SumRow>`
    with slice as (${slicesTable(input.slices)})
    select s.slice::text, ${correctedBillable} as billable, ${correctedReason} as reason, sum(e.attempts)::text as attempts,
      sum(e.records)::text as records, sum(e.bytes)::text as bytes
    from slice s
    join metering.usage_event e on e.subscription_id = s.subscription_id
      and e.occurred_at >= s.from_at and e.occurred_at < s.to_at
    left join metering.usage_correction c on ${correctionOf}
      and c.batch <= ${input.throughBatch.toString()}::bigint
    where e.buyer_id = ${input.buyerId} and e.mode = 'live'
      and e.occurred_at >= ${from}::timestamptz and e.occurred_at < ${to}::timestamptz
      and e.batch > ${input.afterBatch.toString()}::bigint
      and e.batch <= ${input.throughBatch.toString()}::bigint
      and c.kind is distinct from 'replace'
    group by 1, 2, 3
    order by 1, 2, 3`.execute(db)
  return sumsOf(input.slices.length, result.rows)
}

/**
 * The same from the hourly roll-ups, for screens. A slice that begins within an hour takes that whole
 * hour: where a first price begins in it, nothing was billable before.
 */
export async function sumUsageFromRollups(
  db: Database,
  input: Readonly<{ buyerId: Id<'org'>; slices: readonly UsageSlice[] }>,
): Promise<UsageSum[]> {
  if (input.slices.length === 0) return []
  const result = await sql<SumRow>`
    with slice as (${slicesTable(input.slices)})
    select s.slice::text, h.billable, h.reason, sum(h.attempts)::text as attempts,
      sum(h.records)::text as records, sum(h.bytes)::text as bytes
    from slice s
    join metering.usage_hour h on h.subscription_id = s.subscription_id
      and h.hour >= date_trunc('hour', s.from_at) and h.hour < date_trunc('hour', s.to_at)
    where h.buyer_id = ${input.buyerId} and h.mode = 'live'
    group by s.slice, h.billable, h.reason
    order by s.slice, h.billable, h.reason`.execute(db)
  return sumsOf(input.slices.length, result.rows)
}

/**
 * The newest batch that holds an event of this buyer since a time, or a correction; 0 without any. A buyer's events come
 * through one shard, whose batches commit in their order, so later commits have greater numbers.
 */
export async function latestBatchOfBuyer(
  db: Database,
  input: Readonly<{ buyerId: Id<'org'>; since: Date }>,
): Promise<bigint> {
  const row = await db
    .selectFrom('metering.usage_event')
    .select((eb) => eb.fn.max('batch').as('batch'))
    .where('buyer_id', '=', input.buyerId)
    .where('occurred_at', '>=', input.since)
    .executeTakeFirst()
  const corrected = await db
    .selectFrom('metering.usage_correction')
    .select((eb) => eb.fn.max('batch').as('batch'))
    .where('buyer_id', '=', input.buyerId)
    .executeTakeFirst()
  const [events, corrections] = [BigInt(row?.batch ?? 0), BigInt(corrected?.batch ?? 0)]
  return events > corrections ? events : corrections
}

/** Entries the writer could not read that may be of this buyer: its bill must wait for them. */
export async function countParkedEntries(
  db: Database,
  input: Readonly<{ buyerId: Id<'org'> }>,
): Promise<number> {
  const row = await db
    .selectFrom('metering.parked_entry')
    .select((eb) => eb.fn.countAll().as('entries'))
    .where('resolved_at', 'is', null)
    .where((eb) => eb.or([eb('buyer_id', '=', input.buyerId), eb('buyer_id', 'is', null)]))
    .executeTakeFirstOrThrow()
  return Number(row.entries)
}

export type UsageCall = Readonly<{
  eventId: string
  occurredAt: Date
  requestId: string
  route: string
  resultClass: 'found' | 'not_found' | 'refused' | 'failed' | 'repeated'
  reason: string
  httpStatus: number
  billable: boolean
  attempts: number
  records: bigint
  bytes: bigint
  durationMs: number
}>
export type UsageCallCursor = Readonly<{ occurredAt: Date; eventId: string }>

/** The live events of a slice and of a span of batches, oldest first, after the cursor. */
export async function listUsageCalls(
  db: Database,
  input: Readonly<{
    buyerId: Id<'org'>
    slice: UsageSlice
    afterBatch: bigint
    throughBatch: bigint
    after?: UsageCallCursor
    /** Only these, also where they were replaced. */
    eventIds?: readonly string[]
    limit: number
  }>,
): Promise<UsageCall[]> {
  const { slice, after } = input
  const rows = await db
    .selectFrom('metering.usage_event as e')
    .leftJoin('metering.usage_correction as c', (join) =>
      join.on(correctionOf).on('c.batch', '<=', input.throughBatch),
    )
    .select([
      'e.event_id',
      'e.occurred_at',
      'request_id',
      'route',
      'result_class',
      correctedReason.as('reason'),
      'http_status',
      correctedBillable.as('billable'),
      'attempts',
      'records',
      'bytes',
      'duration_ms',
    ])
    .where('e.buyer_id', '=', input.buyerId)
    .$if(input.eventIds === undefined, (q) =>
      q.where(sql<boolean>`c.kind is distinct from 'replace'`),
    )
    .$if(input.eventIds !== undefined, (q) =>
      q.where(sql<boolean>`e.event_id = any(${input.eventIds ?? []}::uuid[])`),
    )
    .where('subscription_id', '=', slice.subscriptionId)
    .where('mode', '=', 'live')
    .where('e.occurred_at', '>=', slice.from)
    .where('e.occurred_at', '<', slice.to)
    .where('e.batch', '>', input.afterBatch)
    .where('e.batch', '<=', input.throughBatch)
    .$if(after !== undefined, (q) =>
      q.where(
        sql<boolean>`(e.occurred_at, e.event_id) > (${after?.occurredAt}::timestamptz, ${after?.eventId}::uuid)`,
      ),
    )
    .orderBy('e.occurred_at')
    .orderBy('e.event_id')
    .limit(input.limit)
    .execute()
  return rows.map(usageCallFromRow)
}

type CallRow = Readonly<{
  event_id: string
  occurred_at: Date
  request_id: string
  route: string
  result_class: UsageCall['resultClass']
  reason: string
  http_status: number
  billable: boolean
  attempts: number
  records: bigint
  bytes: bigint
  duration_ms: number
}>

function usageCallFromRow(row: CallRow): UsageCall {
  return {
    eventId: row.event_id,
    occurredAt: row.occurred_at,
    requestId: row.request_id,
    route: row.route,
    resultClass: row.result_class,
    reason: row.reason,
    httpStatus: row.http_status,
    billable: row.billable,
    attempts: row.attempts,
    records: row.records,
    bytes: row.bytes,
    durationMs: row.duration_ms,
  }
}

function slicesTable(slices: readonly UsageSlice[]) {
  return sql`select * from unnest(
    ${slices.map((slice) => slice.subscriptionId)}::text[],
    ${slices.map((slice) => slice.from.toISOString())}::timestamptz[],
    ${slices.map((slice) => slice.to.toISOString())}::timestamptz[]
  ) with ordinality as t(subscription_id, from_at, to_at, slice)`
}

function boundsOf(slices: readonly UsageSlice[]): Readonly<{ from: Date; to: Date }> {
  return {
    from: new Date(Math.min(...slices.map((slice) => slice.from.getTime()))),
    to: new Date(Math.max(...slices.map((slice) => slice.to.getTime()))),
  }
}

function sumsOf(count: number, rows: readonly SumRow[]): UsageSum[] {
  const bySlice = Map.groupBy(rows, (row) => Number(row.slice))
  return Array.from({ length: count }, (_, index) =>
    (bySlice.get(index + 1) ?? []).reduce(add, noUsage),
  )
}

function add(sum: UsageSum, row: SumRow): UsageSum {
  const attempts = BigInt(row.attempts)
  const calls = sum.calls + attempts
  if (!row.billable) {
    const freeCalls = {
      ...sum.freeCalls,
      [row.reason]: (sum.freeCalls[row.reason] ?? 0n) + attempts,
    }
    return { ...sum, calls, freeCalls }
  }
  return {
    ...sum,
    calls,
    billedCalls: sum.billedCalls + attempts,
    billedRecords: sum.billedRecords + BigInt(row.records),
    billedBytes: sum.billedBytes + BigInt(row.bytes),
  }
}
