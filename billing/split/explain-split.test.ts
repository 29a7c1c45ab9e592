import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#kernel/decimal.ts'
import { moneyFromFen, negateMoney, parseMoneyYuan } from '#kernel/money.ts'
import { explainSplit, type SplitStep } from './explain-split.ts'
import { amounts, anyRule } from './rules.arbitrary.ts'
import { parseSplitRule } from './split-rule.ts'

const rule = parseSplitRule({
  base: { kind: 'net_of_vat' },
  accrual: 'received',
  share: {
    kind: 'graduated',
    tiers: [
      { fromYuan: '0.00', toYuan: '100000.00', shareBasisPoints: 2000 },
      { fromYuan: '100000.00', toYuan: null, shareBasisPoints: 4000 },
    ],
  },
  coefficient: '1.05',
  yearlyFloorYuan: null,
  yearlyCeilingYuan: '25000.00',
  minimumPaymentYuan: null,
  receivers: [
    { code: 'treasury', name: '市级国库', weight: '70' },
    { code: 'county', name: '县级国库', weight: '30' },
  ],
})

test('part E tells each step of the arithmetic', () => {
  // Year to date 90,000.00 → 110,000.00.
  const steps = explainSplit(rule, {
    before: parseMoneyYuan('90000.00'),
    after: parseMoneyYuan('110000.00'),
  })
  expect(steps).toEqual([
    {
      step: 'base',
      kind: 'net_of_vat',
      accrual: 'received',
      beforeYuan: '90000.00',
      afterYuan: '110000.00',
      amountYuan: '20000.00',
    },
    {
      step: 'tier',
      position: '1',
      fromYuan: '0.00',
      toYuan: '100000.00',
      shareBasisPoints: '2000',
      baseYuan: '10000',
      amountYuan: '2000',
    },
    {
      step: 'tier',
      position: '2',
      fromYuan: '100000.00',
      toYuan: null,
      shareBasisPoints: '4000',
      baseYuan: '10000',
      amountYuan: '4000',
    },
    { step: 'coefficient', coefficient: '1.05', effectYuan: '300' }, // 6,000 × 5 %
    { step: 'ceiling', yearlyYuan: '25000.00', effectYuan: '-200' }, // 18,900 + 6,300 = 25,200
    { step: 'floor', yearlyYuan: null, effectYuan: '0' },
    { step: 'rounding', effectYuan: '0' },
    { step: 'government', amountYuan: '6100.00' },
    { step: 'receiver', code: 'treasury', name: '市级国库', weight: '70', amountYuan: '4270.00' },
    { step: 'receiver', code: 'county', name: '县级国库', weight: '30', amountYuan: '1830.00' },
    { step: 'operator', amountYuan: '13900.00' },
  ])
})

test('the lines foot for every rule and period, also across zero', () => {
  const signed = fc
    .tuple(amounts, fc.boolean())
    .map(([each, isBelow]) => (isBelow ? negateMoney(each) : each))
  fc.assert(
    fc.property(anyRule, signed, signed, (of, before, after) => {
      const steps = explainSplit(of, { before, after })
      const government = sumOf(steps, 'government')
      const worked = ['tier', 'coefficient', 'ceiling', 'floor', 'rounding'].map((step) =>
        sumOf(steps, step),
      )
      expect(Decimal.sum(...worked).eq(government)).toBe(true)
      expect(sumOf(steps, 'rounding').abs().lte('0.01')).toBe(true)
      expect(sumOf(steps, 'receiver').eq(government)).toBe(true)
      expect(government.plus(sumOf(steps, 'operator')).eq(sumOf(steps, 'base'))).toBe(true)
      expect(sumOf(steps, 'base').times(100).toFixed()).toBe(
        moneyFromFen(after - before).toString(),
      )
    }),
    { numRuns: 500 },
  )
})

function sumOf(steps: readonly SplitStep[], name: string): Decimal {
  const lines = steps.filter(({ step }) => step === name)
  return Decimal.sum(
    0,
    ...lines.map((line) => ('effectYuan' in line ? line.effectYuan : line.amountYuan)),
  )
}
