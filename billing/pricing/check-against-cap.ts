import { type Decimal, decimalFromBigint, zeroDecimal } from '#kernel/decimal.ts'
import { assertNever } from '#kernel/errors.ts'
import { unroundedFromMoney } from '#kernel/money.ts'
import type { ChargingForm } from './charging-form.ts'
import { packageUnitPriceYuan } from './rate-quantity.ts'
import type { Tiers } from './tiers.ts'

/** `tier` counts from 1; for `within` it is the tier with the least headroom, per unit. */
export type CapVerdict =
  | Readonly<{ kind: 'within'; headroomYuan: Decimal; tier: number }>
  | Readonly<{ kind: 'above'; capYuan: Decimal; postedYuan: Decimal; tier: number }>
  | Readonly<{ kind: 'not_comparable'; reason: NotComparable }>
export type NotComparable = 'kind' | 'unit' | 'tiers'

type Pair = Readonly<{ postedYuan: Decimal; capYuan: Decimal; isAbove: boolean }>

/**
 * Whether a posted price stays at or below its cap (R48): every tier, unrounded, equality allowed.
 * Both must charge in the same way, by the same unit and with the same tier boundaries; else there
 * is nothing to compare and the price is not acceptable either. A package is compared by price ÷
 * included quantity. The first tier above its cap is reported.
 */
export function checkAgainstCap(posted: ChargingForm, cap: ChargingForm): CapVerdict {
  const pairs = pairsToCompare(posted, cap)
  if (typeof pairs === 'string') return { kind: 'not_comparable', reason: pairs }
  let least: { headroomYuan: Decimal; tier: number } | null = null
  for (const [index, { postedYuan, capYuan, isAbove }] of pairs.entries()) {
    const tier = index + 1
    if (isAbove) return { kind: 'above', capYuan, postedYuan, tier }
    const headroomYuan = capYuan.minus(postedYuan)
    if (least === null || headroomYuan.lt(least.headroomYuan)) least = { headroomYuan, tier }
  }
  return { kind: 'within', ...(least ?? { headroomYuan: zeroDecimal, tier: 1 }) }
}

function pairsToCompare(posted: ChargingForm, cap: ChargingForm): readonly Pair[] | NotComparable {
  switch (posted.kind) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      if (cap.kind !== posted.kind) return 'kind'
      return [pair(posted.unitPriceYuan, cap.unitPriceYuan)]
    case 'graduated':
      if (cap.kind !== 'graduated') return 'kind'
      if (cap.unit !== posted.unit) return 'unit'
      return tierPairs(posted.tiers, cap.tiers)
    case 'package':
      return cap.kind === 'package' ? [packagePair(posted, cap)] : 'kind'
    case 'period':
      if (cap.kind !== 'period') return 'kind'
      if (cap.every !== posted.every) return 'unit'
      return [pair(unroundedFromMoney(posted.priceFen).yuan, unroundedFromMoney(cap.priceFen).yuan)]
    case 'metered_not_charged':
      return cap.kind === 'metered_not_charged' ? [] : 'kind'
    default:
      return assertNever(posted)
  }
}

function tierPairs(posted: Tiers, cap: Tiers): readonly Pair[] | NotComparable {
  const pairs: Pair[] = []
  for (const [index, tier] of posted.entries()) {
    const limit = cap[index]
    if (limit === undefined || !sameBound(tier.toQuantity, limit.toQuantity)) return 'tiers'
    pairs.push(pair(tier.unitPriceYuan, limit.unitPriceYuan))
  }
  return pairs.length === cap.length ? pairs : 'tiers'
}

function sameBound(a: Decimal | null, b: Decimal | null): boolean {
  return a === null || b === null ? a === b : a.eq(b)
}

function pair(postedYuan: Decimal, capYuan: Decimal): Pair {
  return { postedYuan, capYuan, isAbove: postedYuan.gt(capYuan) }
}

type Package = Readonly<ChargingForm & { kind: 'package' }>

/** Compared by products, since price ÷ quantity need not end: a/b ≤ c/d means a·d ≤ c·b. */
function packagePair(posted: Package, cap: Package): Pair {
  const left = decimalFromBigint(posted.priceFen * cap.calls)
  const right = decimalFromBigint(cap.priceFen * posted.calls)
  return {
    postedYuan: packageUnitPriceYuan(posted),
    capYuan: packageUnitPriceYuan(cap),
    isAbove: left.gt(right),
  }
}
