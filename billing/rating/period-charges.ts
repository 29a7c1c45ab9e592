import { decimalFromBigint, zeroDecimal } from '#kernel/decimal.ts'
import { roundToMoney } from '#kernel/money.ts'
import {
  addDays,
  type Day,
  dayOf,
  daysOfPeriod,
  isDay,
  makePeriod,
  type Month,
  monthPeriod,
  monthOf,
  addMonths,
  type Period,
  startOfDay,
} from '#kernel/period.ts'
import type { Span } from '#billing/pricing/charging-form.ts'
import { earlier, laterOf } from '#billing/pricing/place-in-time.ts'
import type { PriceInForce } from '#billing/pricing/prices-in-force.ts'
import { rateQuantity } from '#billing/pricing/rate-quantity.ts'
import { lineTiers } from './rate-usage.ts'
import type { LineOwner, RatedLine } from './rated-line.ts'

export type PeriodCharges = Readonly<{
  owner: LineOwner
  month: Month
  startsAt: Date
  /** When the right ends or ended; what begins then or later is not charged. */
  endsAt: Date
  /** A suspended subscription buys no further time. */
  suspendedSince: Date | null
  prices: readonly PriceInForce[]
}>

/**
 * The fees of the days, months or years of use that begin in a month: paid whole, at the price in force
 * when they begin. Months and years count from the day the subscription began; where a month has no such
 * day, from its last. Days at one price share a line. A time at whose start no price held costs nothing.
 */
export function periodCharges(input: PeriodCharges): RatedLine[] {
  const lines: RatedLine[] = []
  for (const price of input.prices) {
    if (price.form.kind !== 'period') continue
    const begun = beginsInMonth(input, price.form.every).filter((begin) => holds(price, begin.from))
    const first = begun[0]
    const last = begun.at(-1)
    if (first === undefined || last === undefined) continue
    if (price.form.every === 'day')
      lines.push(
        periodLine(input, price, makePeriod({ from: first.from, to: last.to }), begun.length),
      )
    else for (const period of begun) lines.push(periodLine(input, price, period, 1))
  }
  return lines
}

function holds(price: PriceInForce, at: Date): boolean {
  const { from, to } = price.effective
  return from <= at && (to === null || at < to)
}

function beginsInMonth(input: PeriodCharges, every: Span): Period[] {
  const month = monthPeriod(input.month)
  const end =
    input.suspendedSince === null
      ? input.endsAt
      : (earlier(input.endsAt, input.suspendedSince) ?? input.endsAt)
  return candidates(input, every)
    .filter(
      ({ from }) => from >= month.from && from < month.to && from >= input.startsAt && from < end,
    )
    .map(({ from, to }) => makePeriod({ from, to }))
}

function candidates(input: PeriodCharges, every: Span): Readonly<{ from: Date; to: Date }>[] {
  const { startsAt, month } = input
  if (every === 'day')
    return daysOfPeriod(monthPeriod(month)).map((day) => ({
      from: laterOf(startOfDay(day), day === dayOf(startsAt) ? startsAt : startOfDay(day)),
      to: startOfDay(addDays(day, 1)),
    }))
  const firstMonth = monthOf(startsAt)
  const step = every === 'month' ? 1 : 12
  const passed = monthsBetween(firstMonth, month)
  if (passed < 0 || passed % step !== 0) return []
  const from = passed === 0 ? startsAt : startOfDay(sameDayIn(month, startsAt))
  return [{ from, to: startOfDay(sameDayIn(addMonths(month, step), startsAt)) }]
}

/** Whole months from one to a later; -1 where it is earlier. */
function monthsBetween(from: Month, to: Month): number {
  let count = from > to ? -1 : 0
  for (let month = from; month < to; month = addMonths(month, 1)) count += 1
  return count
}

/** The day of the month a subscription began on, in another month; its last day where it has no such day. */
function sameDayIn(month: Month, startsAt: Date): Day {
  const day = `${month}-${dayOf(startsAt).slice(8)}`
  return isDay(day) ? day : addDays(dayOf(monthPeriod(month).to), -1)
}

function periodLine(
  input: PeriodCharges,
  price: PriceInForce,
  period: Period,
  count: number,
): RatedLine {
  const quantity = decimalFromBigint(BigInt(count))
  const rated = rateQuantity(price.form, quantity)
  const cap = rateQuantity(price.cap, quantity)
  return {
    ...input.owner,
    kind: 'period',
    usageMonth: input.month,
    postedPriceId: price.postedPriceId,
    priceItemId: price.priceItemId,
    unit: price.unit,
    quantity,
    quantityBefore: zeroDecimal,
    calls: 0n,
    billedCalls: 0n,
    freeCalls: {},
    unroundedYuan: rated.total.yuan,
    capAmountYuan: cap.total.yuan,
    amountFen: roundToMoney(rated.total),
    serviceFrom: period.from,
    // The price was posted when the time began; where it changes since, the line names its own span.
    serviceTo: earlier(price.effective.to, period.to) ?? period.to,
    tiers: lineTiers(price, rated, cap),
  }
}
