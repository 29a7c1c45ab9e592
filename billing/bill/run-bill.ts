import { countParkedEntries, latestBatchOfBuyer } from '#metering/index.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inSnapshot, type Tx, violatedConstraint } from '#kernel/database.ts'
import { zeroDecimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { addMonths, type Month, monthOf, monthPeriod, nextMonth } from '#kernel/period.ts'
import { listTaxRates, type TaxRate } from '#billing/pricing/record-tax-rate.ts'
import type { RatedLine } from '#billing/rating/rated-line.ts'
import {
  priceSubscriptionMonths,
  rateLate,
  type RatedMonth,
  rateMonth,
  sumEvents,
} from '#billing/rating/rate-month.ts'
import type { Subscription } from '#billing/subscription/subscription.ts'
import { listSubscriptionsOf, rightEndsAt } from '#billing/subscription/subscription.queries.ts'
import { isFrozen } from './bill-lifecycle.ts'
import {
  type BillKey,
  findStanding,
  insertBill,
  listEarlierBills,
  nextBillVersion,
} from './bill.queries.ts'
import { parkBill, resolveParkings } from './bill-parking.queries.ts'
import { listChargesToTakeBack } from './corrected-charges.queries.ts'
import { billContent, composeBill } from './compose-bill.ts'

/** Why no bill was made; shown to the operator, never guessed around. */
export type ParkingReason =
  'usage_parked' | 'earlier_month_open' | 'price_missing' | 'tax_rate_missing' | 'above_cap'

type Parked = Readonly<{ reason: ParkingReason; detail: Readonly<Record<string, string>> }>
export type BillRunOutcome =
  | Readonly<{
      kind: 'composed' | 'already_composed'
      buyerId: Id<'org'>
      billId: Id<'bill'>
      grossFen: Money
    }>
  | (Readonly<{ kind: 'parked'; buyerId: Id<'org'> }> & Parked)

/** How far back use that arrives late is looked for. */
const lateMonthsMax = 12

/**
 * Composes the bill of one buyer and month in a transaction of its own, from one snapshot. A bill that is
 * there already is a result, also when two runs meet. Where it would be wrong it is parked.
 */
export async function runBill(ctx: Context, key: BillKey): Promise<BillRunOutcome> {
  try {
    return await inSnapshot(ctx.db, (tx) => runInSnapshot(tx, ctx, key))
  } catch (error) {
    const constraint = violatedConstraint(error)
    if (constraint !== 'bill_one_per_month' && constraint !== 'bill_version_unique') throw error
    const standing = await findStanding(ctx.db, key)
    invariant(standing !== undefined, 'the bill that was first is there')
    const { billId, grossFen } = standing
    return { kind: 'already_composed', buyerId: key.buyerId, billId, grossFen }
  }
}

async function runInSnapshot(tx: Tx, ctx: Context, key: BillKey): Promise<BillRunOutcome> {
  const standing = await findStanding(tx, key)
  if (standing !== undefined) {
    const { billId, grossFen } = standing
    return { kind: 'already_composed', buyerId: key.buyerId, billId, grossFen }
  }
  const collected = await collectLines(tx, ctx, key)
  if ('reason' in collected) return park(tx, ctx, key, collected)
  const billId = newId('bill', ctx.clock)
  const bill = composeBill(collected.lines)
  const version = await nextBillVersion(tx, key)
  const { usageThroughBatch } = collected
  await insertBill(tx, {
    billId,
    key,
    version,
    bill,
    usageThroughBatch,
    composedAt: ctx.clock.now(),
    composedBy: actorId(ctx.actor),
    ...billContent({ billId, ...key, version, usageThroughBatch }, bill),
    lines: bill.lines.map((line) => ({ lineId: newId('line', ctx.clock), line })),
  })
  await resolveParkings(tx, key, ctx.clock.now())
  await audit(tx, ctx, {
    action: 'bill:run',
    objectType: 'bill',
    objectId: billId,
    detail: { month: key.month, version, grossFen: bill.grossFen, lines: bill.lines.length },
  })
  await announce(tx, ctx.clock, {
    kind: 'bill.composed',
    jobId: `bill-composed-${billId}`,
    payload: { billId, month: key.month, operatorId: key.operatorId },
  })
  return { kind: 'composed', buyerId: key.buyerId, billId, grossFen: bill.grossFen }
}

type Collected = Readonly<{
  lines: readonly Readonly<{ line: RatedLine; taxRate: TaxRate['rate'] }>[]
  usageThroughBatch: bigint
}>

async function collectLines(tx: Tx, ctx: Context, key: BillKey): Promise<Collected | Parked> {
  const { buyerId, month } = key
  const parkedEntries = await countParkedEntries(tx, { buyerId })
  if (parkedEntries > 0)
    return { reason: 'usage_parked', detail: { entries: String(parkedEntries) } }
  const subscriptions = await listSubscriptionsOf(tx, {
    buyerId,
    operatorId: key.operatorId,
    startedBefore: monthPeriod(month).to,
  })
  const earlier = await listEarlierBills(tx, key)
  const lateMonths = monthsBefore(month, subscriptions)
  const open = lateMonths.find(
    (candidate) => !earlier.some((bill) => bill.month === candidate && isFrozen(bill.status)),
  )
  if (open !== undefined) return { reason: 'earlier_month_open', detail: { month: open } }
  const billedThrough = earlier.at(-1)?.usageThroughBatch ?? 0n
  const throughBatch = await reachedBatch(tx, key, billedThrough)
  const rated = await rateAll(tx, ctx, {
    key,
    subscriptions,
    lateMonths,
    billedThrough,
    throughBatch,
  })
  if (rated.kind === 'price_missing')
    return {
      reason: 'price_missing',
      detail: { subscriptionId: rated.subscriptionId, from: rated.from.toISOString() },
    }
  const above = rated.lines.find(isAboveCap)
  if (above !== undefined)
    return { reason: 'above_cap', detail: { postedPriceId: above.postedPriceId ?? '' } }
  return addTaxRates(tx, ctx, { key, lines: rated.lines, usageThroughBatch: throughBatch })
}

/** What is taken back is compared the other way round: never less than its ceiling. */
function isAboveCap({ quantity, unroundedYuan, capAmountYuan }: RatedLine): boolean {
  return quantity.isNegative() ? unroundedYuan.lt(capAmountYuan) : unroundedYuan.gt(capAmountYuan)
}

async function rateAll(
  tx: Tx,
  ctx: Context,
  input: Readonly<{
    key: BillKey
    subscriptions: readonly Subscription[]
    lateMonths: readonly Month[]
    billedThrough: bigint
    throughBatch: bigint
  }>,
): Promise<RatedMonth> {
  const { subscriptions, billedThrough, throughBatch } = input
  const { buyerId, month } = input.key
  const knownAt = ctx.clock.now()
  const own = await rateMonth(
    await priceSubscriptionMonths(tx, { subscriptions, month, knownAt }),
    sumEvents(tx, buyerId, { afterBatch: 0n, throughBatch }),
  )
  if (own.kind !== 'rated') return own
  const lines = [...own.lines]
  const takenBack = await listChargesToTakeBack(tx, input.key, { billedThrough, throughBatch })
  for (const lateMonth of input.lateMonths) {
    const months = await priceSubscriptionMonths(tx, { subscriptions, month: lateMonth, knownAt })
    const sums = {
      late: sumEvents(tx, buyerId, { afterBatch: billedThrough, throughBatch }),
      billed: sumEvents(tx, buyerId, { afterBatch: 0n, throughBatch: billedThrough }),
    }
    const late = await rateLate(months, sums, takenBack)
    if (late.kind !== 'rated') return late
    lines.push(...late.lines)
  }
  return { kind: 'rated', lines }
}

/** The months before in which a subscription ran: each must be closed, and may have late items. */
function monthsBefore(month: Month, subscriptions: readonly Subscription[]): Month[] {
  const months: Month[] = []
  for (
    let earlier = addMonths(month, -lateMonthsMax);
    earlier < month;
    earlier = nextMonth(earlier)
  ) {
    const period = monthPeriod(earlier)
    const ran = subscriptions.some(
      (subscription) =>
        subscription.startsAt < period.to && rightEndsAt(subscription) > period.from,
    )
    if (ran) months.push(earlier)
  }
  return months
}

/** The batch this bill reaches: never less than the bill before, whose items are not taken twice. */
async function reachedBatch(tx: Tx, key: BillKey, billedThrough: bigint): Promise<bigint> {
  const since = monthPeriod(addMonths(key.month, -lateMonthsMax)).from
  const latest = await latestBatchOfBuyer(tx, { buyerId: key.buyerId, since })
  return latest > billedThrough ? latest : billedThrough
}

async function addTaxRates(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ key: BillKey; lines: readonly RatedLine[]; usageThroughBatch: bigint }>,
): Promise<Collected | Parked> {
  const rates = await listTaxRates(tx, {
    operatorId: input.key.operatorId,
    knownAt: ctx.clock.now(),
  })
  const lines = []
  for (const line of input.lines) {
    const taxRate = rateOn(rates, line.serviceFrom)
    if (taxRate === undefined && line.amountFen !== 0n)
      return { reason: 'tax_rate_missing', detail: { month: monthOf(line.serviceFrom) } }
    lines.push({ line, taxRate: taxRate ?? zeroDecimal })
  }
  return { lines, usageThroughBatch: input.usageThroughBatch }
}

/** The tax rate in force when the service of a line began. */
function rateOn(rates: readonly TaxRate[], at: Date): TaxRate['rate'] | undefined {
  return rates.find(
    ({ effective }) => effective.from <= at && (effective.to === null || at < effective.to),
  )?.rate
}

async function park(tx: Tx, ctx: Context, key: BillKey, why: Parked): Promise<BillRunOutcome> {
  await parkBill(tx, {
    parkingId: newId('task', ctx.clock),
    key,
    ...why,
    at: ctx.clock.now(),
  })
  return { kind: 'parked', buyerId: key.buyerId, ...why }
}
