import { Decimal, decimalFromBigint, zeroDecimal } from '#kernel/decimal.ts'
import { assertNever, invariant } from '#kernel/errors.ts'
import { type UnroundedAmount, unroundedFromMoney } from '#kernel/money.ts'
import type { ChargingForm } from './charging-form.ts'
import type { Tier } from './tiers.ts'

/** One line of the arithmetic a bill shows; `position` counts from 1 (第一档). */
export type RatedTier = Readonly<{
  position: number
  quantity: Decimal
  unitPriceYuan: Decimal
  amountYuan: Decimal
}>
export type Rated = Readonly<{ total: UnroundedAmount; tiers: readonly RatedTier[] }>

/**
 * What a quantity costs under a form, unrounded (R51). Every tier of the form is listed, also those
 * the quantity does not reach, so that results of one form can be compared tier by tier.
 *
 * - per_* and graduated: quantity is what was metered; tiers are marginal (累进).
 * - package and period: a fixed price for buying; quantity is how many packages, or how many days,
 *   months or years, were bought, a whole number. Calls drawn from a package are not rated again.
 * - metered_not_charged: 0 for any quantity.
 *
 * The quantity is never negative. The caller rounds, once, with roundToMoney at the bill line.
 */
export function rateQuantity(form: ChargingForm, quantity: Decimal): Rated {
  invariant(quantity.isFinite() && quantity.gte(0), 'a rated quantity is at least zero')
  switch (form.kind) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      return sumOf([rateTier(1, quantity, form.unitPriceYuan)])
    case 'graduated':
      return sumOf(
        form.tiers.map((tier, index) =>
          rateTier(index + 1, quantityInTier(tier, quantity), tier.unitPriceYuan),
        ),
      )
    case 'package':
    case 'period':
      invariant(quantity.isInteger(), 'packages and periods are bought whole')
      return sumOf([rateTier(1, quantity, unroundedFromMoney(form.priceFen).yuan)])
    case 'metered_not_charged':
      return sumOf([rateTier(1, quantity, zeroDecimal)])
    default:
      return assertNever(form)
  }
}

/**
 * What the step from one cumulative quantity to another costs: S(after) − S(before), tier by tier.
 * A step back costs the same, negative: so a correction is priced in the tier it sits in.
 */
export function rateBetween(
  form: ChargingForm,
  quantities: Readonly<{ before: Decimal; after: Decimal }>,
): Rated {
  const before = rateQuantity(form, quantities.before)
  const after = rateQuantity(form, quantities.after)
  return sumOf(
    after.tiers.map((tier, index) => {
      const earlier = before.tiers[index]?.quantity ?? zeroDecimal
      return rateTier(tier.position, tier.quantity.minus(earlier), tier.unitPriceYuan)
    }),
  )
}

/** The price of one unit a package contains: what its cap is compared with. */
export function packageUnitPriceYuan(form: Readonly<ChargingForm & { kind: 'package' }>): Decimal {
  return unroundedFromMoney(form.priceFen).yuan.div(decimalFromBigint(form.calls))
}

function quantityInTier(tier: Tier, quantity: Decimal): Decimal {
  const upTo = tier.toQuantity === null ? quantity : Decimal.min(quantity, tier.toQuantity)
  return Decimal.max(upTo.minus(tier.fromQuantity), zeroDecimal)
}

function rateTier(position: number, quantity: Decimal, unitPriceYuan: Decimal): RatedTier {
  return { position, quantity, unitPriceYuan, amountYuan: quantity.times(unitPriceYuan) }
}

function sumOf(tiers: readonly RatedTier[]): Rated {
  const yuan = tiers.reduce((sum, tier) => sum.plus(tier.amountYuan), zeroDecimal)
  return { total: { yuan }, tiers }
}
