import type { Decimal } from '#kernel/decimal.ts'
import { refuseValue } from '#kernel/errors.ts'

/** One step of a graduated price: what lies above `fromQuantity` up to and with `toQuantity`. */
export type Tier = Readonly<{
  fromQuantity: Decimal
  toQuantity: Decimal | null
  unitPriceYuan: Decimal
}>

declare const contiguous: unique symbol
/** Tiers that begin at 0, leave no gap, do not overlap and end open. Made by makeTiers. */
export type Tiers = readonly Tier[] & { readonly [contiguous]: true }

const placesMax = 6

/** Checks tiers; throws VALIDATION_FAILED naming the tier, counted from 0 as in JSON. */
export function makeTiers(tiers: readonly Tier[]): Tiers {
  if (tiers.length === 0) refuseValue('tiers', 'no_tier')
  tiers.forEach((tier, index) => {
    const reason = tierProblem(tier, tiers[index - 1], index === tiers.length - 1)
    if (reason !== null) refuseValue(`tiers.${index}`, reason)
  })
  return tiers as Tiers
}

function tierProblem(tier: Tier, before: Tier | undefined, isLast: boolean): string | null {
  if (tier.unitPriceYuan.lt(0)) return 'price_negative'
  if (tier.unitPriceYuan.decimalPlaces() > placesMax) return 'price_too_fine'
  if (tier.fromQuantity.decimalPlaces() > placesMax) return 'quantity_too_fine'
  if (before === undefined && !tier.fromQuantity.isZero()) return 'not_from_zero'
  if (before !== undefined && !before.toQuantity?.eq(tier.fromQuantity)) return 'gap_or_overlap'
  if (tier.toQuantity === null) return isLast ? null : 'open_before_the_last'
  if (isLast) return 'last_not_open'
  if (tier.toQuantity.decimalPlaces() > placesMax) return 'quantity_too_fine'
  return tier.toQuantity.gt(tier.fromQuantity) ? null : 'empty'
}
