import { type Decimal, formatDecimal, zeroDecimal } from '#kernel/decimal.ts'
import { formatYuan, type Money, negateMoney, unroundedFromMoney } from '#kernel/money.ts'
import { type ShareWorking, splitPeriod, workOutShare, type YearSpan } from './split-revenue.ts'
import { shareTiersOf, type SplitRule } from './split-rule.ts'

/**
 * One line of part E of the statement (policy.md 6.2). Every number is text. `…Yuan` are amounts of
 * the period; those of whole fen have two decimals, those still being computed have what they need.
 */
export type SplitStep =
  | Readonly<{
      step: 'base'
      kind: string
      accrual: string
      beforeYuan: string
      afterYuan: string
      amountYuan: string
    }>
  | Readonly<{
      step: 'tier'
      position: string
      fromYuan: string
      toYuan: string | null
      shareBasisPoints: string
      baseYuan: string
      amountYuan: string
    }>
  | Readonly<{ step: 'coefficient'; coefficient: string; effectYuan: string }>
  | Readonly<{ step: 'ceiling' | 'floor'; yearlyYuan: string | null; effectYuan: string }>
  | Readonly<{ step: 'rounding'; effectYuan: string }>
  | Readonly<{ step: 'government'; amountYuan: string }>
  | Readonly<{ step: 'receiver'; code: string; name: string; weight: string; amountYuan: string }>
  | Readonly<{ step: 'operator'; amountYuan: string }>

/**
 * How a period's split came about, in the order it is computed. The lines foot: tiers + coefficient
 * + ceiling + floor + rounding = government; government + operator = base; receivers = government.
 */
export function explainSplit(rule: SplitRule, span: YearSpan): readonly SplitStep[] {
  const after = signedWorking(rule, span.after)
  const before = signedWorking(rule, span.before)
  const parts = splitPeriod(rule, span)
  const change = (read: (working: ShareWorking) => Decimal): Decimal =>
    signed(after, read).minus(signed(before, read))
  const exactYuan = change((working) => working.exactYuan)
  return [
    {
      step: 'base',
      kind: rule.base.kind,
      accrual: rule.accrual,
      beforeYuan: formatYuan(span.before),
      afterYuan: formatYuan(span.after),
      amountYuan: formatYuan(parts.baseFen),
    },
    ...tierSteps(rule, change),
    {
      step: 'coefficient',
      coefficient: formatDecimal(rule.coefficient),
      effectYuan: formatDecimal(change((working) => working.coefficientEffectYuan)),
    },
    {
      step: 'ceiling',
      yearlyYuan: textOrNull(rule.yearlyCeilingFen),
      effectYuan: formatDecimal(change((working) => working.ceilingEffectYuan)),
    },
    {
      step: 'floor',
      yearlyYuan: textOrNull(rule.yearlyFloorFen),
      effectYuan: formatDecimal(change((working) => working.floorEffectYuan)),
    },
    {
      step: 'rounding',
      effectYuan: formatDecimal(unroundedFromMoney(parts.governmentFen).yuan.minus(exactYuan)),
    },
    { step: 'government', amountYuan: formatYuan(parts.governmentFen) },
    ...parts.receivers.map((receiver, index): SplitStep => ({
      step: 'receiver',
      code: receiver.code,
      name: receiver.name,
      weight: (rule.receivers[index]?.weight ?? 0n).toString(),
      amountYuan: formatYuan(receiver.amountFen),
    })),
    { step: 'operator', amountYuan: formatYuan(parts.operatorFen) },
  ]
}

type Change = (read: (working: ShareWorking) => Decimal) => Decimal

function tierSteps(rule: SplitRule, change: Change): SplitStep[] {
  return shareTiersOf(rule.share).map((tier, index) => ({
    step: 'tier',
    position: String(index + 1),
    fromYuan: formatYuan(tier.fromFen),
    toYuan: textOrNull(tier.toFen),
    shareBasisPoints: String(tier.shareBasisPoints),
    baseYuan: formatDecimal(change((working) => working.tiers[index]?.baseYuan ?? zeroDecimal)),
    amountYuan: formatDecimal(change((working) => working.tiers[index]?.shareYuan ?? zeroDecimal)),
  }))
}

type SignedWorking = Readonly<{ isNegative: boolean; working: ShareWorking }>

/** A negative cumulative base is worked out as its mirror, as splitCumulative does. */
function signedWorking(rule: SplitRule, baseFen: Money): SignedWorking {
  const isNegative = baseFen < 0n
  return { isNegative, working: workOutShare(rule, isNegative ? negateMoney(baseFen) : baseFen) }
}

function signed(each: SignedWorking, read: (working: ShareWorking) => Decimal): Decimal {
  const value = read(each.working)
  return each.isNegative ? value.negated() : value
}

function textOrNull(amount: Money | null): string | null {
  return amount === null ? null : formatYuan(amount)
}
