import { sumUsageFromRollups } from '#metering/index.ts'
import type { Context } from '#kernel/context.ts'
import { type Decimal, zeroDecimal } from '#kernel/decimal.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, sumMoney } from '#kernel/money.ts'
import { type Month, monthOf, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import type { Subscription } from '#billing/subscription/subscription.ts'
import { listSubscriptionsOf } from '#billing/subscription/subscription.queries.ts'
import { priceSubscriptionMonths, rateMonth } from './rate-month.ts'
import type { RatedLine } from './rated-line.ts'

/** What the month would cost if it ended now: the same rating as the bill, from the roll-ups. */
export type MonthEstimate = Readonly<{
  month: Month
  asOf: Date
  subscriptions: readonly Readonly<{
    subscriptionId: Id<'sub'>
    productId: Id<'product'>
    productName: string
    scenarioName: string
    purposeClass: 'public_interest' | 'industry'
    unit: string
    calls: bigint
    billedCalls: bigint
    freeCalls: Readonly<Record<string, bigint>>
    quantity: Decimal
    unroundedYuan: Decimal
    amountFen: Money
  }>[]
  totalFen: Money
  /** Use for which no price was posted: the bill would be parked. Null as it should be. */
  priceMissing: Readonly<{ subscriptionId: string; from: Date }> | null
}>

/** Of one's own use (buyers, also by key), of one's own customers (operator), of any buyer (bureaus). */
export async function estimateMonth(
  ctx: Context,
  input: Readonly<{ buyerId: Id<'org'>; month?: Month }>,
): Promise<MonthEstimate> {
  requirePermission(ctx, 'usage:read')
  const own = ownBuyer(ctx)
  if (own !== undefined && own !== input.buyerId) throw new DomainError('NOT_FOUND')
  const asOf = ctx.clock.now()
  const month = input.month ?? monthOf(asOf)
  const operatorId = ownOperator(ctx)
  const subscriptions = await listSubscriptionsOf(ctx.db, {
    buyerId: input.buyerId,
    startedBefore: monthPeriod(month).to,
    ...(operatorId === undefined ? {} : { operatorId }),
  })
  const months = await priceSubscriptionMonths(ctx.db, { subscriptions, month, knownAt: asOf })
  const rated = await rateMonth(months, (slices) =>
    sumUsageFromRollups(ctx.db, { buyerId: input.buyerId, slices }),
  )
  const priceMissing = rated.kind === 'price_missing' ? rated : null
  const lines = rated.kind === 'rated' ? rated.lines : []
  const names = await listNames(
    ctx,
    months.map(({ subscription }) => subscription.subscriptionId),
  )
  return {
    month,
    asOf,
    subscriptions: months.map(({ subscription }) =>
      estimateOf(subscription, {
        lines: lines.filter((line) => line.subscriptionId === subscription.subscriptionId),
        name: names.get(subscription.subscriptionId),
      }),
    ),
    totalFen: sumMoney(lines.map((line) => line.amountFen)),
    priceMissing: priceMissing && {
      subscriptionId: priceMissing.subscriptionId,
      from: priceMissing.from,
    },
  }
}

type Name = Readonly<{ product: string; scenario: string }>

function estimateOf(
  subscription: Subscription,
  of: Readonly<{ lines: readonly RatedLine[]; name: Name | undefined }>,
): MonthEstimate['subscriptions'][number] {
  const { lines } = of
  const total = (pick: (line: RatedLine) => bigint): bigint =>
    lines.reduce((sum, line) => sum + pick(line), 0n)
  const add = (pick: (line: RatedLine) => Decimal): Decimal =>
    lines.reduce((sum, line) => sum.plus(pick(line)), zeroDecimal)
  return {
    subscriptionId: subscription.subscriptionId,
    productId: subscription.productId,
    productName: of.name?.product ?? '',
    scenarioName: of.name?.scenario ?? '',
    purposeClass: subscription.purposeClass,
    unit: lines.find((line) => line.postedPriceId !== null)?.unit ?? 'call',
    calls: total((line) => line.calls),
    billedCalls: total((line) => line.billedCalls),
    freeCalls: addCounts(lines),
    quantity: add((line) => line.quantity),
    unroundedYuan: add((line) => line.unroundedYuan),
    amountFen: sumMoney(lines.map((line) => line.amountFen)),
  }
}

function addCounts(lines: readonly RatedLine[]): Record<string, bigint> {
  const counts: Record<string, bigint> = {}
  for (const line of lines)
    for (const [reason, count] of Object.entries(line.freeCalls))
      counts[reason] = (counts[reason] ?? 0n) + count
  return counts
}

async function listNames(
  ctx: Context,
  subscriptionIds: readonly string[],
): Promise<Map<string, Name>> {
  if (subscriptionIds.length === 0) return new Map()
  const rows = await ctx.db
    .selectFrom('billing.subscription as s')
    .innerJoin('governance.product as p', 'p.id', 's.product_id')
    .innerJoin('governance.scenario as c', 'c.id', 's.scenario_id')
    .select(['s.id', 'p.name as product', 'c.name as scenario'])
    .where('s.id', 'in', subscriptionIds)
    .execute()
  return new Map(rows.map((row) => [row.id, { product: row.product, scenario: row.scenario }]))
}
