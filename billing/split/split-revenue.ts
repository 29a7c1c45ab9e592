import { Decimal, zeroDecimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'
import {
  type Money,
  moneyFromFen,
  negateMoney,
  subtractMoney,
  sumMoney,
  unroundedFromMoney,
  zeroFen,
} from '#kernel/money.ts'
import { cutByLargestRemainder, cutInSteps } from '#kernel/shares.ts'
import { shareTiersOf, type SplitRule, wholeBasisPoints } from './split-rule.ts'

export type ReceiverPart = Readonly<{ code: string; name: string; amountFen: Money }>

/** governmentFen + operatorFen = baseFen; the receivers' parts sum to governmentFen. */
export type SplitParts = Readonly<{
  baseFen: Money
  governmentFen: Money
  operatorFen: Money
  receivers: readonly ReceiverPart[]
}>

/** A cumulative base before and after a period, both of one calendar year. */
export type YearSpan = Readonly<{ before: Money; after: Money }>

/** The government share on its way from the tiers to the fen, in yuan, before it is rounded. */
export type ShareWorking = Readonly<{
  tiers: readonly Readonly<{ baseYuan: Decimal; shareYuan: Decimal }>[]
  tieredYuan: Decimal
  coefficientEffectYuan: Decimal
  ceilingEffectYuan: Decimal
  floorEffectYuan: Decimal
  exactYuan: Decimal
}>

/**
 * S(x): how a year's cumulative base divides (R68). For a base of zero or more every part is at
 * least zero and never falls as the base grows, to the fen; a negative base, when more was given
 * back than came in, mirrors the positive one.
 */
export function splitCumulative(rule: SplitRule, yearToDateFen: Money): SplitParts {
  if (yearToDateFen < 0n) return mirrored(splitCumulative(rule, negateMoney(yearToDateFen)))
  const exactYuan = workOutShare(rule, yearToDateFen).exactYuan
  const baseYuan = unroundedFromMoney(yearToDateFen).yuan
  const [governmentFen = zeroFen, operatorFen = zeroFen] = cutByLargestRemainder(yearToDateFen, [
    exactYuan,
    baseYuan.minus(exactYuan),
  ])
  const amounts = cutInSteps(
    governmentFen,
    rule.receivers.map(({ weight }) => weight),
  )
  return {
    baseFen: yearToDateFen,
    governmentFen,
    operatorFen,
    receivers: rule.receivers.map(({ code, name }, index) => ({
      code,
      name,
      amountFen: amounts[index] ?? zeroFen,
    })),
  }
}

/**
 * The share of a period: S(after) − S(before), so a refund is taken back in the tier it sits in.
 * Periods of a year add up to the year to the fen, however it is cut.
 */
export function splitPeriod(rule: SplitRule, span: YearSpan): SplitParts {
  return difference(splitCumulative(rule, span.after), splitCumulative(rule, span.before))
}

/** What the operator still owes for the year beyond the division, by the rule's guarantee. */
export function minimumPaymentShortfall(rule: SplitRule, governmentYearFen: Money): Money {
  const shortfall = (rule.minimumPaymentFen ?? zeroFen) - governmentYearFen
  return moneyFromFen(shortfall > 0n ? shortfall : 0n)
}

/** The exact government share of a cumulative base of zero or more, step by step. */
export function workOutShare(rule: SplitRule, baseFen: Money): ShareWorking {
  invariant(baseFen >= 0n, 'the working is of a base of zero or more; negative ones mirror it')
  const baseYuan = unroundedFromMoney(baseFen).yuan
  const tiers = shareTiersOf(rule.share).map((tier) => {
    const from = unroundedFromMoney(tier.fromFen).yuan
    const upTo =
      tier.toFen === null ? baseYuan : Decimal.min(baseYuan, unroundedFromMoney(tier.toFen).yuan)
    const inTier = Decimal.max(upTo.minus(from), zeroDecimal)
    return {
      baseYuan: inTier,
      shareYuan: inTier.times(tier.shareBasisPoints).div(wholeBasisPoints),
    }
  })
  const tieredYuan = tiers.reduce((sum, tier) => sum.plus(tier.shareYuan), zeroDecimal)
  const weighted = tieredYuan.times(rule.coefficient)
  const limited = Decimal.min(weighted, yuanOr(rule.yearlyCeilingFen, weighted))
  // There is never more to give than came in, so a floor takes at most the whole base.
  const raised = Decimal.min(baseYuan, Decimal.max(limited, yuanOr(rule.yearlyFloorFen, limited)))
  return {
    tiers,
    tieredYuan,
    coefficientEffectYuan: weighted.minus(tieredYuan),
    ceilingEffectYuan: limited.minus(weighted),
    floorEffectYuan: raised.minus(limited),
    exactYuan: raised,
  }
}

function yuanOr(limit: Money | null, otherwise: Decimal): Decimal {
  return limit === null ? otherwise : unroundedFromMoney(limit).yuan
}

function difference(after: SplitParts, before: SplitParts): SplitParts {
  const parts = {
    baseFen: subtractMoney(after.baseFen, before.baseFen),
    governmentFen: subtractMoney(after.governmentFen, before.governmentFen),
    operatorFen: subtractMoney(after.operatorFen, before.operatorFen),
    receivers: after.receivers.map((receiver, index) => ({
      ...receiver,
      amountFen: subtractMoney(receiver.amountFen, before.receivers[index]?.amountFen ?? zeroFen),
    })),
  }
  const received = sumMoney(parts.receivers.map(({ amountFen }) => amountFen))
  invariant(received === parts.governmentFen, 'the receivers get the government share, all of it')
  invariant(parts.governmentFen + parts.operatorFen === parts.baseFen, 'the parts are the base')
  return parts
}

function mirrored(parts: SplitParts): SplitParts {
  return {
    baseFen: negateMoney(parts.baseFen),
    governmentFen: negateMoney(parts.governmentFen),
    operatorFen: negateMoney(parts.operatorFen),
    receivers: parts.receivers.map((each) => ({ ...each, amountFen: negateMoney(each.amountFen) })),
  }
}
