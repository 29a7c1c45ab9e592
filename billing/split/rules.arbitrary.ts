import fc from 'fast-check'
import { Decimal } from '#kernel/decimal.ts'
import { formatYuan, type Money, moneyFromFen } from '#kernel/money.ts'
import { parseSplitRule, type SplitRule, type StoredSplitRule } from './split-rule.ts'

/** Valid split rules of every shape, and amounts around their borders, for property tests. */

export const amounts: fc.Arbitrary<Money> = fc
  .oneof(fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: 10n ** 13n }))
  .map(moneyFromFen)

const optionalAmount = fc.option(amounts, { nil: null })
const optionalYuan = optionalAmount.map(textOrNull)

const fixedShares = fc.record({
  kind: fc.constant('fixed' as const),
  shareBasisPoints: fc.integer({ min: 0, max: 10_000 }),
})

const graduatedShares = fc
  .record({
    bounds: fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 8n }), { maxLength: 4 }),
    shares: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ bounds, shares }): StoredSplitRule['share'] => {
    const sorted = [0n, ...bounds.toSorted((a, b) => (a < b ? -1 : 1))].map((fen) =>
      formatYuan(moneyFromFen(fen)),
    )
    return {
      kind: 'graduated',
      tiers: sorted.map((fromYuan, index) => ({
        fromYuan,
        toYuan: sorted[index + 1] ?? null,
        shareBasisPoints: shares[index] ?? 0,
      })),
    }
  })

const receivers = fc
  .array(fc.bigInt({ min: 1n, max: 100n }), { minLength: 1, maxLength: 5 })
  .map((weights) =>
    weights.map((weight, index) => ({
      code: `receiver_${index}`,
      name: `Receiver ${index}`,
      weight: weight.toString(),
    })),
  )

const bases: fc.Arbitrary<StoredSplitRule['base']> = fc.oneof(
  fc.record({ kind: fc.constantFrom('gross', 'net_of_vat', 'net_of_cost') }),
  fc.constant({ kind: 'net_of_vat_and_surcharges' as const, surchargeRate: '0.12' }),
)

export const anyRule: fc.Arbitrary<SplitRule> = fc
  .record({
    base: bases,
    accrual: fc.constantFrom('received', 'billed'),
    share: fc.oneof(fixedShares, graduatedShares),
    coefficientTenThousandths: fc.integer({ min: 0, max: 15_000 }),
    limits: fc.tuple(optionalAmount, optionalAmount),
    minimumPaymentYuan: optionalYuan,
    receivers,
  })
  .map(({ limits, coefficientTenThousandths, ...rest }) => {
    const [low, high] = inOrder(limits)
    return parseSplitRule({
      ...rest,
      coefficient: largestAllowed(rest.share, coefficientTenThousandths).toFixed(),
      yearlyFloorYuan: textOrNull(low),
      yearlyCeilingYuan: textOrNull(high),
    })
  })

function inOrder([a, b]: [Money | null, Money | null]): [Money | null, Money | null] {
  return a !== null && b !== null && a > b ? [b, a] : [a, b]
}

/** No tier times the coefficient may exceed the whole. */
function largestAllowed(share: StoredSplitRule['share'], tenThousandths: number): Decimal {
  const shares =
    share.kind === 'fixed'
      ? [share.shareBasisPoints]
      : share.tiers.map((tier) => tier.shareBasisPoints)
  const limit = new Decimal(10_000).div(Decimal.max(1, ...shares))
  return Decimal.min(
    new Decimal(tenThousandths).div(10_000),
    limit.toDecimalPlaces(6, Decimal.ROUND_DOWN),
  )
}

function textOrNull(amount: Money | null): string | null {
  return amount === null ? null : formatYuan(amount)
}
