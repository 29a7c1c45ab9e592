import type { DomainPage } from '#api/page.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { addDays, daysBetween, startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  type CallView,
  listCalls,
  listUsage,
  sumUsageTotals,
  type UsageBucket,
  type UsageFilter,
  type UsageGrouping,
  type UsageTotals,
  usageWatermark,
} from '#metering/index.ts'
import { namesOf } from './names.queries.ts'
import { ownBuyer } from './own-buyer.ts'

export type UsageQuestion = Readonly<{
  /** First and last day, Asia/Shanghai. */
  from: string
  to: string
  mode: 'live' | 'sandbox'
  buyerId?: Id<'org'> | undefined
  productId?: Id<'product'> | undefined
  subscriptionId?: Id<'sub'> | undefined
  keyId?: Id<'key'> | undefined
}>

export type UsageReport = Readonly<{
  asOf: Date
  /** Every call before this moment is in; null before anything was ever written. */
  completeThrough: Date | null
  items: readonly (UsageBucket & Readonly<{ name: string; nameEn: string | null }>)[]
  total: UsageTotals
}>

const daysMax = 400
const daysByHourMax = 31

/**
 * Usage by hour, day or what it was for: a buyer's own, an operator's own products, all for the bureaus.
 * Errors: FORBIDDEN, NOT_FOUND (another buyer), VALIDATION_FAILED (too many days).
 */
export async function readUsage(
  ctx: Context,
  question: UsageQuestion & Readonly<{ by: UsageGrouping }>,
): Promise<UsageReport> {
  const filter = filterOf(ctx, question)
  const days = daysBetween({ from: question.from, to: question.to }) + 1
  if (days < 1) refuseValue('to', 'before_from')
  if (days > (question.by === 'hour' ? daysByHourMax : daysMax)) refuseValue('to', 'too_many_days')
  const buckets = await listUsage(ctx.db, filter, question.by)
  const names = await namesOf(ctx.db, { by: question.by, ids: buckets.map((each) => each.bucket) })
  return {
    asOf: ctx.clock.now(),
    completeThrough: await usageWatermark(ctx.db),
    items: buckets.map((each) => ({
      ...each,
      name: names.get(each.bucket)?.name ?? each.bucket,
      nameEn: names.get(each.bucket)?.nameEn ?? null,
    })),
    total: await sumUsageTotals(ctx.db, filter),
  }
}

export type CallQuestion = UsageQuestion &
  Readonly<{
    billable?: boolean | undefined
    resultClass?: string | undefined
    requestId?: string | undefined
    limit: number
    cursor?: string | undefined
  }>
export type NamedCall = CallView & Readonly<{ productName: string | null; keyName: string | null }>

/** The calls of one buyer, the newest first. Errors as readUsage; only buyers, for their own. */
export async function readCalls(
  ctx: Context,
  question: CallQuestion,
): Promise<DomainPage<NamedCall>> {
  const filter = filterOf(ctx, question)
  const { buyerId } = filter
  if (buyerId === undefined) throw refuseValue('buyer_id', 'required')
  const after = question.cursor === undefined ? undefined : readCallCursor(question.cursor)
  const calls = await listCalls(
    ctx.db,
    { ...filter, buyerId, ...given(question) },
    { limit: question.limit + 1, ...(after ? { after } : {}) },
  )
  const items = calls.slice(0, question.limit)
  const last = items.at(-1)
  const products = await namesOf(ctx.db, { by: 'product', ids: items.map((c) => c.productId) })
  const keys = await namesOf(ctx.db, { by: 'key', ids: items.map((c) => c.keyId) })
  return {
    items: items.map((call) => ({
      ...call,
      productName: products.get(call.productId ?? '')?.name ?? null,
      keyName: keys.get(call.keyId)?.name ?? null,
    })),
    nextCursor: calls.length > question.limit && last ? callCursorOf(last) : null,
  }
}

function given({ billable, resultClass, requestId }: CallQuestion) {
  return {
    ...(billable === undefined ? {} : { billable }),
    ...(resultClass === undefined ? {} : { resultClass }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}

/** Whose usage the asker may see, and the half-open span of whole days. */
export function filterOf(ctx: Context, question: UsageQuestion): UsageFilter {
  requirePermission(ctx, 'usage:read')
  const { buyerId, productId, subscriptionId, keyId, mode } = question
  const own = ownBuyer(ctx)
  if (own !== undefined && buyerId !== undefined && own !== buyerId)
    throw new DomainError('NOT_FOUND')
  const scope = own ?? buyerId
  const { actor } = ctx
  const isOperator = actor.kind === 'person' && actor.organizationKind === 'operator'
  return {
    from: startOfDay(question.from),
    to: startOfDay(addDays(question.to, 1)),
    mode,
    ...(scope === undefined ? {} : { buyerId: scope }),
    ...(isOperator ? { operatorId: actor.organizationId } : {}),
    ...(productId === undefined ? {} : { productId }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(keyId === undefined ? {} : { keyId }),
  }
}

export function callCursorOf(call: Pick<CallView, 'occurredAt' | 'eventId'>): string {
  return Buffer.from(`${call.occurredAt.toISOString()} ${call.eventId}`).toString('base64url')
}

export function readCallCursor(cursor: string): Readonly<{ occurredAt: Date; eventId: string }> {
  const [instant = '', eventId = ''] = Buffer.from(cursor, 'base64url').toString().split(' ')
  const occurredAt = new Date(instant)
  if (Number.isNaN(occurredAt.getTime()) || !/^[0-9a-f-]{36}$/.test(eventId))
    refuseValue('cursor', 'not_ours')
  return { occurredAt, eventId }
}
