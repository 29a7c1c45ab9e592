import type { CorrectedCharge, UsageSum } from '#metering/index.ts'
import { invariant } from '#kernel/errors.ts'
import { zeroDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { roundToMoney, zeroFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { isPurchase } from '#billing/pricing/charging-form.ts'
import { rateBetween } from '#billing/pricing/rate-quantity.ts'
import type { PriceSlice } from './price-slices.ts'
import { lineTiers, quantityOf, type QuantitySoFar } from './rate-usage.ts'
import type { LineOwner, RatedLine } from './rated-line.ts'

/** A charge to take back, with the line that made it. */
export type ChargeToTakeBack = CorrectedCharge & Readonly<{ lineId: Id<'line'> }>

type Corrections = Readonly<{
  owner: LineOwner
  usageMonth: Month
  slices: readonly PriceSlice[]
  before: QuantitySoFar
  charges: readonly ChargeToTakeBack[]
}>

/**
 * Takes back charges of a month whose bill is issued: one negative line for each price and each line that
 * charged, so that many small amounts are rounded once. At the price of the day of the calls, S(after) −
 * S(before) from the top of what the month has been billed for (R66). A voided call becomes a free one; a
 * replaced one counts no more.
 */
export function rateCorrections(
  input: Corrections,
): Readonly<{ lines: readonly RatedLine[]; after: QuantitySoFar }> {
  const after = new Map(input.before)
  const lines: RatedLine[] = []
  for (const slice of input.slices) {
    const { period, price } = slice
    const within = input.charges.filter(
      ({ occurredAt }) => occurredAt >= period.from && occurredAt < period.to,
    )
    for (const charges of Map.groupBy(within, ({ lineId }) => lineId).values()) {
      const line = countedLine(input, slice, charges)
      const quantity =
        price === null || isPurchase(price.form)
          ? zeroDecimal
          : quantityOf(price.unit, chargedOf(charges)).negated()
      if (price === null || quantity.isZero()) {
        lines.push(line)
        continue
      }
      const before = after.get(price.unit) ?? zeroDecimal
      lines.push(chargedLine(line, { price, before, quantity }))
      after.set(price.unit, before.plus(quantity))
    }
  }
  return { lines, after }
}

function chargedLine(
  line: RatedLine,
  at: Readonly<{
    price: NonNullable<PriceSlice['price']>
    before: RatedLine['quantity']
    quantity: RatedLine['quantity']
  }>,
): RatedLine {
  const { price, before, quantity } = at
  const quantities = { before, after: before.plus(quantity) }
  const rated = rateBetween(price.form, quantities)
  const cap = rateBetween(price.cap, quantities)
  return {
    ...line,
    unit: price.unit,
    quantity,
    quantityBefore: before,
    unroundedYuan: rated.total.yuan,
    capAmountYuan: cap.total.yuan,
    amountFen: roundToMoney(rated.total),
    tiers: lineTiers(price, rated, cap),
  }
}

/** The counts that change, without a charge. */
function countedLine(
  { owner, usageMonth }: Corrections,
  slice: PriceSlice,
  charges: readonly ChargeToTakeBack[],
): RatedLine {
  const [first] = charges
  invariant(first, 'a line takes back at least one call')
  const freeCalls: Record<string, bigint> = {}
  const count = (reason: string, attempts: bigint): void => {
    freeCalls[reason] = (freeCalls[reason] ?? 0n) + attempts
  }
  for (const { kind, billable, reason, attempts } of charges) {
    if (!billable) count(reason, -attempts)
    if (kind === 'void') count('voided', attempts)
  }
  const replaced = charges.filter(({ kind }) => kind === 'replace')
  return {
    ...owner,
    kind: 'late',
    usageMonth,
    postedPriceId: slice.price?.postedPriceId ?? null,
    priceItemId: slice.price?.priceItemId ?? null,
    unit: 'call',
    quantity: zeroDecimal,
    quantityBefore: zeroDecimal,
    calls: -sum(replaced, ({ attempts }) => attempts),
    billedCalls: -chargedOf(charges).billedCalls,
    freeCalls,
    unroundedYuan: zeroDecimal,
    capAmountYuan: zeroDecimal,
    amountFen: zeroFen,
    serviceFrom: slice.period.from,
    serviceTo: slice.period.to,
    tiers: [],
    corrects: { lineId: first.lineId, eventId: charges.length === 1 ? first.eventId : null },
  }
}

function chargedOf(charges: readonly ChargeToTakeBack[]): UsageSum {
  const billed = charges.filter(({ billable }) => billable)
  const billedCalls = sum(billed, ({ attempts }) => attempts)
  return {
    calls: billedCalls,
    billedCalls,
    billedRecords: sum(billed, ({ records }) => records),
    billedBytes: sum(billed, ({ bytes }) => bytes),
    freeCalls: {},
  }
}

function sum<T>(of: readonly T[], pick: (each: T) => bigint): bigint {
  return of.reduce((total, each) => total + pick(each), 0n)
}
