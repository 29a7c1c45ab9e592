import { noUsage, sumUsage, type UsageSlice, type UsageSum } from '#metering/index.ts'
import type { Database } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { makePeriod, type Month, monthOf, monthPeriod } from '#kernel/period.ts'
import { laterOf } from '#billing/pricing/place-in-time.ts'
import { type PriceInForce, pricesBetween } from '#billing/pricing/prices-in-force.ts'
import type { Subscription } from '#billing/subscription/subscription.ts'
import { rightEndsAt } from '#billing/subscription/subscription.queries.ts'
import { periodCharges } from './period-charges.ts'
import { cutByPrices, type PriceSlice } from './price-slices.ts'
import type { LineOwner, RatedLine } from './rated-line.ts'
import { type ChargeToTakeBack, rateCorrections } from './rate-corrections.ts'
import { type QuantitySoFar, rateUsage, type UsageOfSlice } from './rate-usage.ts'

export type SubscriptionMonth = Readonly<{
  subscription: Subscription
  month: Month
  prices: readonly PriceInForce[]
  slices: readonly PriceSlice[]
}>

/** The slices of a month for each subscription whose time touches it, with the prices as known at a time. */
export async function priceSubscriptionMonths(
  db: Database,
  input: Readonly<{ subscriptions: readonly Subscription[]; month: Month; knownAt: Date }>,
): Promise<SubscriptionMonth[]> {
  const months: SubscriptionMonth[] = []
  const period = monthPeriod(input.month)
  for (const subscription of input.subscriptions) {
    // Calls in flight when a right ends still count: use is read for the whole month from its start on.
    const from = laterOf(subscription.startsAt, period.from)
    if (from >= period.to || rightEndsAt(subscription) <= period.from) continue
    const used = makePeriod({ from, to: period.to })
    const prices =
      subscription.priceItemCode === null
        ? []
        : await pricesBetween(db, {
            productId: subscription.productId,
            code: subscription.priceItemCode,
            ...used,
            knownAt: input.knownAt,
          })
    months.push({ subscription, month: input.month, prices, slices: cutByPrices(used, prices) })
  }
  return months
}

export type Batches = Readonly<{ afterBatch: bigint; throughBatch: bigint }>
/** How usage is summed: from the events for a bill, from the roll-ups for a screen. */
export type SumSlices = (slices: readonly UsageSlice[]) => Promise<UsageSum[]>

export function sumEvents(db: Database, buyerId: Id<'org'>, batches: Batches): SumSlices {
  return (slices) => sumUsage(db, { buyerId, slices, ...batches })
}

/** The use of each slice of each subscription, in their order, by one query. */
export async function addUsage(
  months: readonly SubscriptionMonth[],
  sum: SumSlices,
): Promise<Readonly<{ of: SubscriptionMonth; slices: readonly UsageOfSlice[] }>[]> {
  const sums = await sum(
    months.flatMap(({ subscription, slices }) =>
      slices.map(({ period }) => ({
        subscriptionId: subscription.subscriptionId,
        from: period.from,
        to: period.to,
      })),
    ),
  )
  const next = sums.values()
  return months.map((of) => ({
    of,
    slices: of.slices.map((slice) => ({ ...slice, usage: next.next().value ?? noUsage })),
  }))
}

export type PriceMissing = Readonly<{ kind: 'price_missing'; subscriptionId: string; from: Date }>
export type RatedMonth = Readonly<{ kind: 'rated'; lines: readonly RatedLine[] }> | PriceMissing

/** All lines of a month: use first, then fees for a time, subscription by subscription. */
export async function rateMonth(
  months: readonly SubscriptionMonth[],
  sum: SumSlices,
): Promise<RatedMonth> {
  const lines: RatedLine[] = []
  for (const { of, slices } of await addUsage(months, sum)) {
    const owner = ownerOf(of.subscription)
    const before: QuantitySoFar = new Map()
    const rated = rateUsage({ owner, kind: 'usage', usageMonth: of.month, slices, before })
    if (rated.kind === 'price_missing') return missing(of.subscription, rated.from)
    lines.push(...rated.lines, ...periodCharges(periodInput(of, owner)))
  }
  return { kind: 'rated', lines }
}

/**
 * Late items of an earlier month: what was recorded after the bill before, at the month's own prices,
 * on top of the quantity the month had been billed for: S(after) − S(before). Charges that were corrected
 * since are taken back first, from the same top.
 */
export async function rateLate(
  months: readonly SubscriptionMonth[],
  sums: Readonly<{ late: SumSlices; billed: SumSlices }>,
  takenBack: readonly ChargeToTakeBack[] = [],
): Promise<RatedMonth> {
  const late = await addUsage(months, sums.late)
  const chargesOf = ({ subscription, month }: SubscriptionMonth): ChargeToTakeBack[] =>
    takenBack.filter(
      ({ subscriptionId, occurredAt }) =>
        subscriptionId === subscription.subscriptionId && monthOf(occurredAt) === month,
    )
  const withLate = late.filter(
    ({ of, slices }) => slices.some(({ usage }) => usage.calls > 0n) || chargesOf(of).length > 0,
  )
  if (withLate.length === 0) return { kind: 'rated', lines: [] }
  const billed = await addUsage(
    withLate.map(({ of }) => of),
    sums.billed,
  )
  const lines: RatedLine[] = []
  for (const [index, { of, slices }] of withLate.entries()) {
    const owner = ownerOf(of.subscription)
    const rest = { owner, kind: 'late', usageMonth: of.month } as const
    const earlier = billed[index]
    invariant(earlier !== undefined, 'billed and late use are of the same subscriptions')
    const before = rateUsage({ ...rest, slices: earlier.slices, before: new Map() })
    if (before.kind === 'price_missing') return missing(of.subscription, before.from)
    const back = rateCorrections({
      owner,
      usageMonth: of.month,
      slices: of.slices,
      before: before.after,
      charges: chargesOf(of),
    })
    const rated = rateUsage({ ...rest, slices, before: back.after })
    if (rated.kind === 'price_missing') return missing(of.subscription, rated.from)
    lines.push(...back.lines, ...rated.lines)
  }
  return { kind: 'rated', lines }
}

function ownerOf(subscription: Subscription): LineOwner {
  const { subscriptionId, productId, scenarioId, purposeClass } = subscription
  return { subscriptionId, productId, scenarioId, purposeClass }
}

function periodInput(of: SubscriptionMonth, owner: LineOwner) {
  const { subscription, month, prices } = of
  return {
    owner,
    month,
    startsAt: subscription.startsAt,
    endsAt: rightEndsAt(subscription),
    suspendedSince: subscription.status === 'suspended' ? subscription.statusChangedAt : null,
    prices,
  }
}

function missing(subscription: Subscription, from: Date): PriceMissing {
  return { kind: 'price_missing', subscriptionId: subscription.subscriptionId, from }
}
