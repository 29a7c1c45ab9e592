import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatYuan,
  moneyFromFen,
  negateMoney,
  parseMoneyYuan,
  subtractMoney,
  sumMoney,
} from '#kernel/money.ts'
import { amounts, anyRule } from './rules.arbitrary.ts'
import { splitBaseFen } from './split-base.ts'
import {
  minimumPaymentShortfall,
  splitCumulative,
  type SplitParts,
  splitPeriod,
} from './split-revenue.ts'
import { parseSplitRule, type SplitRule, type StoredSplitRule } from './split-rule.ts'

// Every figure here is made up for the test.
const plain: StoredSplitRule = {
  base: { kind: 'net_of_vat' },
  accrual: 'received',
  share: { kind: 'fixed', shareBasisPoints: 3000 },
  coefficient: '1',
  yearlyFloorYuan: null,
  yearlyCeilingYuan: null,
  minimumPaymentYuan: null,
  receivers: [{ code: 'treasury', name: 'Treasury', weight: '1' }],
}
const rule = (change: Partial<StoredSplitRule> = {}) => parseSplitRule({ ...plain, ...change })
const tiered = rule({
  share: {
    kind: 'graduated',
    tiers: [
      { fromYuan: '0.00', toYuan: '100000.00', shareBasisPoints: 2000 },
      { fromYuan: '100000.00', toYuan: null, shareBasisPoints: 4000 },
    ],
  },
})
const yuan = parseMoneyYuan
const government = (of: SplitRule, baseYuan: string) =>
  formatYuan(splitCumulative(of, yuan(baseYuan)).governmentFen)

describe('each shape of a rule (R68)', () => {
  test.each([
    ['a fixed share', rule(), '1000.00', '300.00'],
    ['a fixed share, half a fen to the government', rule(), '0.05', '0.02'], // 0.015
    ['the first tier', tiered, '50000.00', '10000.00'],
    ['two tiers: 20,000 + 50,000 × 40 %', tiered, '150000.00', '40000.00'],
    ['a coefficient of 1.10: 300 × 1.1', rule({ coefficient: '1.1' }), '1000.00', '330.00'],
    ['a coefficient of 0.90: 300 × 0.9', rule({ coefficient: '0.9' }), '1000.00', '270.00'],
    ['a ceiling', rule({ yearlyCeilingYuan: '250.00' }), '1000.00', '250.00'],
    [
      'a ceiling after the coefficient',
      rule({ yearlyCeilingYuan: '320.00', coefficient: '1.1' }),
      '1000.00',
      '320.00',
    ],
    ['a floor', rule({ yearlyFloorYuan: '500.00' }), '1000.00', '500.00'],
    [
      'a floor of which only the base can be given',
      rule({ yearlyFloorYuan: '500.00' }),
      '200.00',
      '200.00',
    ],
    ['nothing', rule({ yearlyFloorYuan: '500.00' }), '0.00', '0.00'],
  ])('%s', (_shape, of, base, share) => expect(government(of, base)).toBe(share))

  test('several government receivers share by weight', () => {
    const of = rule({
      share: { kind: 'fixed', shareBasisPoints: 10_000 },
      receivers: ['treasury', 'running_cost', 'county'].map((code) => ({
        code,
        name: code,
        weight: '1',
      })),
    })
    const parts = (baseYuan: string) =>
      splitCumulative(of, yuan(baseYuan)).receivers.map(({ amountFen }) => formatYuan(amountFen))
    expect(parts('100.00')).toEqual(['33.34', '33.33', '33.33'])
    expect(parts('-100.00')).toEqual(['-33.34', '-33.33', '-33.33'])
  })

  test('a guaranteed payment is owed on top where the share falls short', () => {
    const of = rule({ minimumPaymentYuan: '400.00' })
    expect(formatYuan(minimumPaymentShortfall(of, yuan('300.00')))).toBe('100.00')
    expect(formatYuan(minimumPaymentShortfall(of, yuan('400.01')))).toBe('0.00')
    expect(formatYuan(minimumPaymentShortfall(rule(), yuan('0.00')))).toBe('0.00')
  })
})

describe('each base', () => {
  const year = { grossFen: yuan('106.00'), vatFen: yuan('6.00'), verifiedCostFen: yuan('40.00') }
  test.each([
    [{ kind: 'gross' }, '106.00'],
    [{ kind: 'net_of_vat' }, '100.00'],
    [{ kind: 'net_of_vat_and_surcharges', surchargeRate: '0.12' }, '99.28'], // 100 − 6 × 12 %
    [{ kind: 'net_of_cost' }, '60.00'],
  ] as const)('%o', (base, expected) =>
    expect(formatYuan(splitBaseFen(rule({ base }), year))).toBe(expected),
  )

  test('cost above revenue leaves nothing to divide, and waits for later revenue', () => {
    const of = rule({ base: { kind: 'net_of_cost' } })
    const at = (grossYuan: string) =>
      formatYuan(
        splitBaseFen(of, {
          grossFen: yuan(grossYuan),
          vatFen: yuan('0.00'),
          verifiedCostFen: yuan('40.00'),
        }),
      )
    expect([at('30.00'), at('50.00')]).toEqual(['0.00', '10.00'])
  })
})

describe('a period', () => {
  test('is S(after) − S(before): the tier of the year decides, not that of the month', () => {
    // 90,000 → 110,000: 10,000 × 20 % + 10,000 × 40 %.
    const parts = splitPeriod(tiered, { before: yuan('90000.00'), after: yuan('110000.00') })
    expect([parts.baseFen, parts.governmentFen, parts.operatorFen].map(formatYuan)).toEqual([
      '20000.00',
      '6000.00',
      '14000.00',
    ])
  })

  test('takes a refund back in the tier it sits in', () => {
    const parts = splitPeriod(tiered, { before: yuan('110000.00'), after: yuan('105000.00') })
    expect(formatYuan(parts.governmentFen)).toBe('-2000.00') // 5,000 × 40 %
  })
})

describe('laws', () => {
  test('parts are at least zero and sum to the base, to the fen', () => {
    fc.assert(
      fc.property(anyRule, amounts, (of, base) => {
        const parts = splitCumulative(of, base)
        expect(amountsOf(parts).filter((amount) => amount < 0n)).toEqual([])
        expectFoots(parts)
        expect(parts.baseFen).toBe(base)
      }),
      { numRuns: 500 },
    )
  })

  test('no part falls as the base grows', () => {
    const steps = fc.oneof(
      fc.bigInt({ min: 1n, max: 100n }),
      fc.bigInt({ min: 1n, max: 10n ** 10n }),
    )
    fc.assert(
      fc.property(anyRule, amounts, steps, (of, base, more) => {
        const parts = splitPeriod(of, { before: base, after: moneyFromFen(base + more) })
        expect(amountsOf(parts).filter((amount) => amount < 0n)).toEqual([])
        expectFoots(parts)
      }),
      { numRuns: 1000 },
    )
  })

  test('however a year is cut into periods, they add up to the year', () => {
    fc.assert(
      fc.property(anyRule, fc.array(amounts, { minLength: 2, maxLength: 6 }), (of, stops) => {
        const spans = stops
          .slice(1)
          .map((after, index) => ({ before: stops[index] ?? after, after }))
        const periods = spans.map((span) => splitPeriod(of, span))
        const whole = splitPeriod(of, {
          before: stops[0] ?? moneyFromFen(0n),
          after: stops.at(-1) ?? moneyFromFen(0n),
        })
        amountsOf(whole).forEach((amount, index) => {
          const parts = periods.map((period) => amountsOf(period)[index] ?? moneyFromFen(0n))
          expect(sumMoney(parts)).toBe(amount)
        })
      }),
    )
  })

  test('a negative base mirrors the positive one', () => {
    fc.assert(
      fc.property(anyRule, amounts, (of, base) => {
        const mirror = amountsOf(splitCumulative(of, negateMoney(base))).map(negateMoney)
        expect(mirror).toEqual(amountsOf(splitCumulative(of, base)))
      }),
    )
  })

  test('the share is never above the ceiling, nor below the floor while the base allows it', () => {
    fc.assert(
      fc.property(anyRule, amounts, (of, base) => {
        const { governmentFen } = splitCumulative(of, base)
        const floor = of.yearlyFloorFen ?? 0n
        expect(governmentFen).toBeLessThanOrEqual(of.yearlyCeilingFen ?? base)
        expect(governmentFen).toBeGreaterThanOrEqual(floor < base ? floor : base)
      }),
    )
  })
})

function amountsOf(parts: SplitParts) {
  return [
    parts.governmentFen,
    parts.operatorFen,
    ...parts.receivers.map(({ amountFen }) => amountFen),
  ]
}

function expectFoots(parts: SplitParts): void {
  expect(subtractMoney(parts.baseFen, parts.operatorFen)).toBe(parts.governmentFen)
  expect(sumMoney(parts.receivers.map(({ amountFen }) => amountFen))).toBe(parts.governmentFen)
}
