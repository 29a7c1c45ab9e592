import { z } from 'zod'
import { type Decimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import { assertNever, DomainError, refuseValue } from '#kernel/errors.ts'
import { formatYuan, type Money, parseMoneyYuan, zeroFen } from '#kernel/money.ts'
import { countText, decimalText, yuanText } from '#kernel/stored-values.ts'

/**
 * What is divided: receipts as they came, or without VAT, or without VAT and its surcharges (a rate
 * on the VAT), or without VAT and verified cost (cost first, then split).
 */
export type SplitBase =
  | Readonly<{ kind: 'gross' | 'net_of_vat' | 'net_of_cost' }>
  | Readonly<{ kind: 'net_of_vat_and_surcharges'; surchargeRate: Decimal }>

/** Over the cumulative base of the calendar year, above `fromFen` up to and with `toFen`. */
export type ShareTier = Readonly<{ fromFen: Money; toFen: Money | null; shareBasisPoints: number }>

export type GovernmentShare =
  | Readonly<{ kind: 'fixed'; shareBasisPoints: number }>
  | Readonly<{ kind: 'graduated'; tiers: readonly ShareTier[] }>

/** One government receiver: treasury, platform running cost, county … Weights are proportions. */
export type SplitReceiver = Readonly<{ code: string; name: string; weight: bigint }>

/**
 * How revenue is divided between government and operator (policy.md 3.2, R68). Made by
 * parseSplitRule, which checks it. `coefficient` is the evaluation coefficient in force (评价系数, 1
 * where there is none) and multiplies the government share before floor and ceiling, which are
 * yearly. A new coefficient is a new version of the rule. `minimumPaymentFen` is a yearly guarantee
 * the operator owes on top where the share falls short; it is not part of the division.
 */
export type SplitRule = Readonly<{
  base: SplitBase
  accrual: 'received' | 'billed'
  share: GovernmentShare
  coefficient: Decimal
  yearlyFloorFen: Money | null
  yearlyCeilingFen: Money | null
  minimumPaymentFen: Money | null
  receivers: readonly SplitReceiver[]
}> & { readonly [checked]: true }
declare const checked: unique symbol

type UncheckedRule = Omit<SplitRule, typeof checked>

export const wholeBasisPoints = 10_000
const basisPoints = z.int().min(0).max(wholeBasisPoints)

/** The rule as JSON keeps it: amounts in yuan and rates as text, basis points as whole numbers. */
export const storedSplitRule = z.strictObject({
  base: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('gross') }),
    z.strictObject({ kind: z.literal('net_of_vat') }),
    z.strictObject({ kind: z.literal('net_of_cost') }),
    z.strictObject({
      kind: z.literal('net_of_vat_and_surcharges'),
      surchargeRate: decimalText(6),
    }),
  ]),
  accrual: z.enum(['received', 'billed']),
  share: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fixed'), shareBasisPoints: basisPoints }),
    z.strictObject({
      kind: z.literal('graduated'),
      tiers: z
        .array(
          z.strictObject({
            fromYuan: yuanText,
            toYuan: yuanText.nullable(),
            shareBasisPoints: basisPoints,
          }),
        )
        .min(1)
        .max(20),
    }),
  ]),
  coefficient: decimalText(6),
  yearlyFloorYuan: yuanText.nullable(),
  yearlyCeilingYuan: yuanText.nullable(),
  minimumPaymentYuan: yuanText.nullable(),
  receivers: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[a-z][a-z0-9_]{1,39}$/),
        name: z.string().trim().min(1).max(100),
        weight: countText,
      }),
    )
    .min(1)
    .max(20),
})
export type StoredSplitRule = z.infer<typeof storedSplitRule>

/**
 * Reads a stored or proposed rule. Throws VALIDATION_FAILED for unknown keys and for a rule that
 * could not be divided by: tiers with gaps, a share that with its coefficient exceeds the whole, a
 * floor above the ceiling, a receiver named twice.
 */
export function parseSplitRule(json: unknown): SplitRule {
  const read = storedSplitRule.safeParse(json)
  if (!read.success)
    throw new DomainError('VALIDATION_FAILED', {
      fields: read.error.issues.map((issue) => ({
        field: ['rule', ...issue.path].join('.'),
        reason: issue.code,
      })),
    })
  return checkSplitRule({
    base: baseFromStored(read.data.base),
    accrual: read.data.accrual,
    share: shareFromStored(read.data.share),
    coefficient: parseDecimal(read.data.coefficient),
    yearlyFloorFen: moneyOrNull(read.data.yearlyFloorYuan),
    yearlyCeilingFen: moneyOrNull(read.data.yearlyCeilingYuan),
    minimumPaymentFen: moneyOrNull(read.data.minimumPaymentYuan),
    receivers: read.data.receivers.map((each) => ({ ...each, weight: BigInt(each.weight) })),
  })
}

/** The JSON of a rule; parseSplitRule reads it back. */
export function formatSplitRule(rule: SplitRule): StoredSplitRule {
  return {
    base:
      rule.base.kind === 'net_of_vat_and_surcharges'
        ? { kind: rule.base.kind, surchargeRate: formatDecimal(rule.base.surchargeRate) }
        : { kind: rule.base.kind },
    accrual: rule.accrual,
    share: shareToStored(rule.share),
    coefficient: formatDecimal(rule.coefficient),
    yearlyFloorYuan: textOrNull(rule.yearlyFloorFen),
    yearlyCeilingYuan: textOrNull(rule.yearlyCeilingFen),
    minimumPaymentYuan: textOrNull(rule.minimumPaymentFen),
    receivers: rule.receivers.map((each) => ({ ...each, weight: each.weight.toString() })),
  }
}

/** The tiers a share has; a fixed share is one tier without end. */
export function shareTiersOf(share: GovernmentShare): readonly ShareTier[] {
  switch (share.kind) {
    case 'fixed':
      return [{ fromFen: zeroFen, toFen: null, shareBasisPoints: share.shareBasisPoints }]
    case 'graduated':
      return share.tiers
    default:
      return assertNever(share)
  }
}

function checkSplitRule(rule: UncheckedRule): SplitRule {
  const tiers = shareTiersOf(rule.share)
  tiers.forEach((tier, index) => {
    const field = `rule.share.tiers.${index}`
    if (tier.fromFen !== (tiers[index - 1]?.toFen ?? zeroFen)) refuseValue(field, 'gap_or_overlap')
    if ((tier.toFen === null) !== (index === tiers.length - 1)) refuseValue(field, 'open_end')
    if (tier.toFen !== null && tier.toFen <= tier.fromFen) refuseValue(field, 'empty')
    // Were a marginal share above the whole, the operator's part would fall as revenue grows.
    if (rule.coefficient.times(tier.shareBasisPoints).gt(wholeBasisPoints))
      refuseValue(field, 'above_the_whole')
  })
  if (rule.base.kind === 'net_of_vat_and_surcharges' && rule.base.surchargeRate.gte(1))
    refuseValue('rule.base.surchargeRate', 'not_below_one')
  const { yearlyFloorFen: floor, yearlyCeilingFen: ceiling } = rule
  if (floor !== null && ceiling !== null && floor > ceiling)
    refuseValue('rule.yearlyFloorYuan', 'above_the_ceiling')
  const codes = new Set(rule.receivers.map(({ code }) => code))
  if (codes.size !== rule.receivers.length) refuseValue('rule.receivers', 'named_twice')
  return rule as SplitRule
}

function baseFromStored(base: StoredSplitRule['base']): SplitBase {
  return base.kind === 'net_of_vat_and_surcharges'
    ? { kind: base.kind, surchargeRate: parseDecimal(base.surchargeRate) }
    : { kind: base.kind }
}

function shareFromStored(share: StoredSplitRule['share']): GovernmentShare {
  if (share.kind === 'fixed') return share
  return {
    kind: 'graduated',
    tiers: share.tiers.map((tier) => ({
      fromFen: parseMoneyYuan(tier.fromYuan),
      toFen: moneyOrNull(tier.toYuan),
      shareBasisPoints: tier.shareBasisPoints,
    })),
  }
}

function shareToStored(share: GovernmentShare): StoredSplitRule['share'] {
  if (share.kind === 'fixed') return { kind: 'fixed', shareBasisPoints: share.shareBasisPoints }
  return {
    kind: 'graduated',
    tiers: share.tiers.map((tier) => ({
      fromYuan: formatYuan(tier.fromFen),
      toYuan: textOrNull(tier.toFen),
      shareBasisPoints: tier.shareBasisPoints,
    })),
  }
}

function moneyOrNull(text: string | null): Money | null {
  return text === null ? null : parseMoneyYuan(text)
}

function textOrNull(amount: Money | null): string | null {
  return amount === null ? null : formatYuan(amount)
}
