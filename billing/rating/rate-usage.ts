import type { UsageSum } from '#metering/index.ts'
import { type Decimal, decimalFromBigint, zeroDecimal } from '#kernel/decimal.ts'
import { assertNever, invariant } from '#kernel/errors.ts'
import { roundToMoney, zeroFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import type { BillLineTier } from '#billing/bill/bill.ts'
import { type ChargingUnit, isPurchase } from '#billing/pricing/charging-form.ts'
import type { PriceInForce } from '#billing/pricing/prices-in-force.ts'
import { type Rated, rateBetween } from '#billing/pricing/rate-quantity.ts'
import type { PriceSlice } from './price-slices.ts'
import type { LineOwner, RatedLine } from './rated-line.ts'

/** Billable quantity so far by unit: tiers count it across the price versions of a month. */
export type QuantitySoFar = ReadonlyMap<string, Decimal>

export type UsageOfSlice = PriceSlice & Readonly<{ usage: UsageSum }>
export type RateUsage = Readonly<{
  owner: LineOwner
  kind: 'usage' | 'late'
  usageMonth: Month
  slices: readonly UsageOfSlice[]
  /** What the month had been billed for before: zero at its own bill, not for late items. */
  before: QuantitySoFar
}>
export type RatedUsage =
  | Readonly<{ kind: 'rated'; lines: readonly RatedLine[]; after: QuantitySoFar }>
  | Readonly<{ kind: 'price_missing'; from: Date; to: Date; billedCalls: bigint }>

/**
 * Rates what one subscription used, slice by slice in order of time, each at the price in force then;
 * a slice goes on in the tier where the one before stopped. One line for each slice with attempts, also
 * where nothing is charged. Billable use while no price was posted is not guessed: `price_missing`.
 */
export function rateUsage(input: RateUsage): RatedUsage {
  const after = new Map(input.before)
  const lines: RatedLine[] = []
  for (const slice of input.slices) {
    const { usage, price } = slice
    if (usage.calls === 0n) continue
    if (price === null) {
      if (usage.billedCalls > 0n)
        return { kind: 'price_missing', ...slice.period, billedCalls: usage.billedCalls }
      lines.push(freeLine(input, slice))
    } else if (isPurchase(price.form)) lines.push(coveredLine(input, slice, price))
    else {
      const before = after.get(price.unit) ?? zeroDecimal
      const quantity = quantityOf(price.unit, usage)
      lines.push(chargedLine(input, slice, { price, before, quantity }))
      after.set(price.unit, before.plus(quantity))
    }
  }
  return { kind: 'rated', lines, after }
}

/** What a unit counts of the billable use (R51): 次, 条, MB of 10^6 bytes, 件. */
export function quantityOf(unit: ChargingUnit, usage: UsageSum): Decimal {
  switch (unit) {
    case 'call':
    case 'piece':
      return decimalFromBigint(usage.billedCalls)
    case 'record':
      return decimalFromBigint(usage.billedRecords)
    case 'megabyte':
      return decimalFromBigint(usage.billedBytes).div(1_000_000)
    case 'package':
    case 'day':
    case 'month':
    case 'year':
      invariant(false, `what is bought by the ${unit} is not metered`)
      return zeroDecimal
    default:
      return assertNever(unit)
  }
}

type BaseLine = Omit<RatedLine, 'kind' | 'postedPriceId' | 'priceItemId' | 'unit'>

function baseLine(input: RateUsage, slice: UsageOfSlice): BaseLine {
  return {
    ...input.owner,
    usageMonth: input.usageMonth,
    quantity: zeroDecimal,
    quantityBefore: zeroDecimal,
    calls: slice.usage.calls,
    billedCalls: slice.usage.billedCalls,
    freeCalls: slice.usage.freeCalls,
    unroundedYuan: zeroDecimal,
    capAmountYuan: zeroDecimal,
    amountFen: zeroFen,
    serviceFrom: slice.period.from,
    serviceTo: slice.period.to,
    tiers: [],
  }
}

/** 0.00 with its counts: use for the public interest (R50), or before a price was posted. */
function freeLine(input: RateUsage, slice: UsageOfSlice): RatedLine {
  return {
    ...baseLine(input, slice),
    kind: input.kind === 'late' ? 'late' : 'free',
    postedPriceId: null,
    priceItemId: null,
    unit: 'call',
  }
}

/** Calls covered by a fee for a time: counted, charged by the fee's own line. */
function coveredLine(input: RateUsage, slice: UsageOfSlice, price: PriceInForce): RatedLine {
  return {
    ...baseLine(input, slice),
    kind: input.kind,
    postedPriceId: price.postedPriceId,
    priceItemId: price.priceItemId,
    unit: 'call',
  }
}

function chargedLine(
  input: RateUsage,
  slice: UsageOfSlice,
  at: Readonly<{ price: PriceInForce; before: Decimal; quantity: Decimal }>,
): RatedLine {
  const { price, before, quantity } = at
  invariant(input.owner.purposeClass === 'industry', 'public interest is never charged')
  const quantities = { before, after: before.plus(quantity) }
  const rated = rateBetween(price.form, quantities)
  const cap = rateBetween(price.cap, quantities)
  return {
    ...baseLine(input, slice),
    kind: input.kind,
    postedPriceId: price.postedPriceId,
    priceItemId: price.priceItemId,
    unit: price.unit,
    quantity,
    quantityBefore: before,
    unroundedYuan: rated.total.yuan,
    capAmountYuan: cap.total.yuan,
    amountFen: roundToMoney(rated.total),
    tiers: lineTiers(price, rated, cap),
  }
}

/** The tiers a line reaches, each with its ceiling beside it. */
export function lineTiers(price: PriceInForce, rated: Rated, cap: Rated): BillLineTier[] {
  return rated.tiers
    .filter((tier) => !tier.quantity.isZero())
    .map((tier) => ({
      position: tier.position,
      postedPriceId: price.postedPriceId,
      quantity: tier.quantity,
      unitPriceYuan: tier.unitPriceYuan,
      capUnitPriceYuan: cap.tiers[tier.position - 1]?.unitPriceYuan ?? tier.unitPriceYuan,
      amountYuan: tier.amountYuan,
    }))
}
