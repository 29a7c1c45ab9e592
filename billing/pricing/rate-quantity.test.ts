import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decimal, parseDecimal } from '#kernel/decimal.ts'
import { formatYuan, roundToMoney } from '#kernel/money.ts'
import { type ChargingForm, parseChargingForm } from './charging-form.ts'
import { anyForm, anyMeteredForm, quantities } from './forms.arbitrary.ts'
import { type Rated, rateBetween, rateQuantity } from './rate-quantity.ts'

const graduated = parseChargingForm({
  kind: 'graduated',
  unit: 'call',
  tiers: [
    { fromQuantity: '0', toQuantity: '100000', unitPriceYuan: '0.040' },
    { fromQuantity: '100000', toQuantity: '5000000', unitPriceYuan: '0.035' },
    { fromQuantity: '5000000', toQuantity: null, unitPriceYuan: '0.030' },
  ],
})

const charge = (form: ChargingForm, quantity: string) =>
  formatYuan(roundToMoney(rateQuantity(form, parseDecimal(quantity)).total))

describe('graduated prices are marginal (R51, policy.md 1.6)', () => {
  test.each([
    ['0', '0.00'],
    ['20000', '800.00'],
    ['100000', '4000.00'],
    ['100001', '4000.04'], // 4,000.035, half-up
    ['1000000', '35500.00'], // 100,000 × 0.040 + 900,000 × 0.035
    ['6000000', '205500.00'], // 4,000 + 171,500 + 1,000,000 × 0.030
  ])('%s calls cost %s', (quantity, yuan) => expect(charge(graduated, quantity)).toBe(yuan))

  test('the working shows every tier, also those not reached', () => {
    const { tiers } = rateQuantity(graduated, parseDecimal('1000000'))
    expect(
      tiers.map((tier) => [tier.position, tier.quantity.toFixed(), tier.amountYuan.toFixed()]),
    ).toEqual([
      [1, '100000', '4000'],
      [2, '900000', '31500'],
      [3, '0', '0'],
    ])
  })

  test('a late item costs S(after) − S(before) of its month', () => {
    // The month stood at 99,990; 20 late calls: 10 × 0.040 + 10 × 0.035 = 0.75.
    const late = rateBetween(graduated, {
      before: parseDecimal('99990'),
      after: parseDecimal('100010'),
    })
    expect(late.total.yuan.toFixed()).toBe('0.75')
    expect(late.tiers.map((tier) => tier.quantity.toFixed())).toEqual(['10', '10', '0'])
  })
})

describe('every form has its way of charging', () => {
  test.each([
    ['per_call', { kind: 'per_call', unitPriceYuan: '0.0035' }, '1001', '3.50'], // 3.5035
    ['per_record', { kind: 'per_record', unitPriceYuan: '0.5' }, '3', '1.50'],
    ['per_megabyte', { kind: 'per_megabyte', unitPriceYuan: '0.8' }, '2.5', '2.00'],
    ['per_piece', { kind: 'per_piece', unitPriceYuan: '60' }, '2', '120.00'],
    [
      'package',
      { kind: 'package', calls: '1000', priceYuan: '400.00', validDays: 365 },
      '2',
      '800.00',
    ],
    ['period', { kind: 'period', every: 'month', priceYuan: '1200.00' }, '3', '3600.00'],
    ['metered_not_charged', { kind: 'metered_not_charged' }, '1000000', '0.00'],
  ])('%s', (_kind, form, quantity, yuan) =>
    expect(charge(parseChargingForm(form), quantity)).toBe(yuan),
  )

  test('half a package cannot be bought, and less than nothing cannot be used', () => {
    const form = parseChargingForm({
      kind: 'package',
      calls: '10',
      priceYuan: '4.00',
      validDays: 30,
    })
    expect(() => rateQuantity(form, parseDecimal('0.5'))).toThrow('bought whole')
    expect(() => rateQuantity(graduated, parseDecimal('-1'))).toThrow('at least zero')
  })
})

describe('laws', () => {
  test('a charge never falls as the quantity grows', () => {
    fc.assert(
      fc.property(anyMeteredForm, quantities, quantities, (form, a, b) => {
        const [less, more] = [Decimal.min(a, b), Decimal.max(a, b)].map((each) =>
          rateQuantity(form, each),
        )
        return yuanOf(less).lte(yuanOf(more))
      }),
    )
  })

  test('the total is the sum of its tiers, and the tiers hold the whole quantity', () => {
    fc.assert(
      fc.property(anyMeteredForm, quantities, (form, quantity) => {
        const { total, tiers } = rateQuantity(form, quantity)
        expect(Decimal.sum(0, ...tiers.map((tier) => tier.amountYuan)).eq(total.yuan)).toBe(true)
        expect(Decimal.sum(0, ...tiers.map((tier) => tier.quantity)).eq(quantity)).toBe(true)
      }),
    )
  })

  test('rating a month in parts is rating the month', () => {
    fc.assert(
      fc.property(anyMeteredForm, quantities, quantities, (form, first, second) => {
        const whole = first.plus(second)
        const parts = rateQuantity(form, first).total.yuan.plus(
          rateBetween(form, { before: first, after: whole }).total.yuan,
        )
        return parts.eq(yuanOf(rateQuantity(form, whole)))
      }),
    )
  })

  test('going back costs what going there cost', () => {
    fc.assert(
      fc.property(anyMeteredForm, quantities, quantities, (form, before, after) => {
        const there = rateBetween(form, { before, after }).total.yuan
        return there.plus(rateBetween(form, { before: after, after: before }).total.yuan).isZero()
      }),
    )
  })

  test('no form turns nothing into a charge', () => {
    fc.assert(fc.property(anyForm, (form) => yuanOf(rateQuantity(form, new Decimal(0))).isZero()))
  })
})

function yuanOf(rated: Rated | undefined): Decimal {
  return rated?.total.yuan ?? new Decimal(Number.NaN)
}
