import { listUsageCalls, type UsageCall, type UsageCallCursor } from '#metering/index.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import { listChargesToTakeBack } from './corrected-charges.queries.ts'
import { listEarlierBills } from './bill.queries.ts'

/** One call behind a bill line. */
export type BillLineCall = UsageCall
export type BillLineCalls = Readonly<{
  calls: readonly BillLineCall[]
  nextCursor: string | null
}>

const pageMax = 500

/**
 * The very events a line charges or counts, oldest first, a page at a time: those of its subscription in
 * its span of time that had been recorded when the bill was composed, and for late items not before the
 * bill before; of a line that takes back, the calls it takes back. A fee for a time has none.
 */
export async function listBillLineCalls(
  ctx: Context,
  input: Readonly<{ lineId: Id<'line'>; cursor?: string; limit?: number }>,
): Promise<BillLineCalls> {
  requirePermission(ctx, 'bill:read')
  const limit = Math.min(Math.max(input.limit ?? 100, 1), pageMax)
  const line = await findLine(ctx, input.lineId)
  if (line.kind === 'period') return { calls: [], nextCursor: null }
  const after = input.cursor === undefined ? undefined : parseCursor(input.cursor)
  const takenBack = await takenBackBy(ctx, line)
  const calls = await listUsageCalls(ctx.db, {
    buyerId: line.buyerId,
    slice: { subscriptionId: line.subscriptionId, from: line.from, to: line.to },
    afterBatch:
      line.kind === 'late' && takenBack === undefined ? await earlierBatch(ctx, line) : 0n,
    throughBatch: line.throughBatch,
    limit: limit + 1,
    ...(after === undefined ? {} : { after }),
    ...(takenBack === undefined ? {} : { eventIds: takenBack }),
  })
  const page = calls.slice(0, limit)
  const last = page.at(-1)
  return {
    calls: page,
    nextCursor: calls.length > limit && last !== undefined ? formatCursor(last) : null,
  }
}

type Line = Readonly<{
  kind: string
  operatorId: Id<'org'>
  buyerId: Id<'org'>
  month: Month
  subscriptionId: Id<'sub'>
  from: Date
  to: Date
  throughBatch: bigint
  correctsLineId: string | null
}>

async function findLine(ctx: Context, lineId: string): Promise<Line> {
  const row = await ctx.db
    .selectFrom('billing.bill_line as l')
    .innerJoin('billing.bill as b', 'b.id', 'l.bill_id')
    .innerJoin('billing.bill_standing as s', 's.bill_id', 'b.id')
    .select([
      'l.kind',
      'b.operator_id',
      'b.buyer_id',
      'b.month',
      'l.subscription_id',
      'l.service_from',
      'l.service_to',
      'l.corrects_line_id',
      'b.usage_through_batch',
      's.number',
    ])
    .where('l.id', '=', lineId)
    .executeTakeFirst()
  const buyer = ownBuyer(ctx)
  const operator = ownOperator(ctx)
  if (
    row === undefined ||
    (buyer !== undefined && row.buyer_id !== buyer) ||
    (operator !== undefined && row.operator_id !== operator) ||
    (operator === undefined && row.number === null)
  )
    throw new DomainError('NOT_FOUND')
  return {
    kind: row.kind,
    operatorId: row.operator_id as Id<'org'>,
    buyerId: row.buyer_id as Id<'org'>,
    month: row.month as Month,
    subscriptionId: row.subscription_id as Id<'sub'>,
    from: row.service_from,
    to: row.service_to,
    throughBatch: row.usage_through_batch,
    correctsLineId: row.corrects_line_id,
  }
}

/** The calls a line took back; undefined for a line that charges. */
async function takenBackBy(ctx: Context, line: Line): Promise<string[] | undefined> {
  if (line.correctsLineId === null) return undefined
  const charges = await listChargesToTakeBack(ctx.db, line, {
    billedThrough: await earlierBatch(ctx, line),
    throughBatch: line.throughBatch,
  })
  return charges
    .filter(({ lineId }) => lineId === line.correctsLineId)
    .map(({ eventId }) => eventId)
}

async function earlierBatch(ctx: Context, line: Line): Promise<bigint> {
  const earlier = await listEarlierBills(ctx.db, line)
  return earlier.at(-1)?.usageThroughBatch ?? 0n
}

const cursorForm =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

function formatCursor(call: UsageCall): string {
  return `${call.occurredAt.toISOString()}_${call.eventId}`
}

function parseCursor(text: string): UsageCallCursor {
  const [, at, eventId] = cursorForm.exec(text) ?? []
  if (at === undefined || eventId === undefined) return refuseValue('cursor', 'not_a_cursor')
  return { occurredAt: new Date(at), eventId }
}
