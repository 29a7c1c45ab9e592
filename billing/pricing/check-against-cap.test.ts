import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from '#kernel/decimal.ts'
import { parseChargingForm } from './charging-form.ts'
import { checkAgainstCap } from './check-against-cap.ts'
import { anyForm, anyMeteredForm, quantities } from './forms.arbitrary.ts'
import { rateQuantity } from './rate-quantity.ts'

const perCall = (unitPriceYuan: string) => parseChargingForm({ kind: 'per_call', unitPriceYuan })
const pack = (calls: string, priceYuan: string) =>
  parseChargingForm({ kind: 'package', calls, priceYuan, validDays: 365 })
const steps = (unit: string, bound: string, first: string, second: string) =>
  parseChargingForm({
    kind: 'graduated',
    unit,
    tiers: [
      { fromQuantity: '0', toQuantity: bound, unitPriceYuan: first },
      { fromQuantity: bound, toQuantity: null, unitPriceYuan: second },
    ],
  })

describe('a cap of 0.50 (R48)', () => {
  test.each([
    ['0', '0.5'],
    ['0.499999', '0.000001'],
    ['0.50', '0'],
  ])('allows %s, with %s left', (price, left) => {
    const verdict = checkAgainstCap(perCall(price), perCall('0.50'))
    expect(verdict).toMatchObject({ kind: 'within', tier: 1, headroomYuan: parseDecimal(left) })
  })

  test('refuses 0.500001, and says the cap', () => {
    expect(checkAgainstCap(perCall('0.500001'), perCall('0.50'))).toEqual({
      kind: 'above',
      tier: 1,
      capYuan: parseDecimal('0.50'),
      postedYuan: parseDecimal('0.500001'),
    })
  })
})

describe('tiers', () => {
  test('one tier above its cap is enough, however low the others are', () => {
    const verdict = checkAgainstCap(
      steps('call', '100', '0.01', '0.36'),
      steps('call', '100', '0.40', '0.35'),
    )
    expect(verdict).toMatchObject({ kind: 'above', tier: 2 })
  })

  test('headroom is that of the tightest tier', () => {
    const verdict = checkAgainstCap(
      steps('call', '100', '0.30', '0.34'),
      steps('call', '100', '0.40', '0.35'),
    )
    expect(verdict).toMatchObject({ kind: 'within', tier: 2, headroomYuan: parseDecimal('0.01') })
  })
})

describe('packages are compared by price ÷ included quantity', () => {
  test.each([
    ['1000', '500.00', 'within'],
    ['1000', '500.01', 'above'],
    ['2001', '1000.50', 'within'],
    ['2001', '1000.51', 'above'],
  ])('%s calls for %s are %s a cap of 100 for 50.00', (calls, price, kind) => {
    expect(checkAgainstCap(pack(calls, price), pack('100', '50.00')).kind).toBe(kind)
  })

  test('a quotient without end is compared exactly', () => {
    expect(checkAgainstCap(pack('3', '1.00'), pack('6', '2.00')).kind).toBe('within')
    expect(checkAgainstCap(pack('3', '1.00'), pack('6000001', '2000000.33')).kind).toBe('above')
  })
})

describe('what cannot be compared is not within', () => {
  test.each([
    ['another kind', perCall('0'), pack('1', '1.00'), 'kind'],
    ['another count', steps('call', '9', '0', '0'), steps('record', '9', '1', '1'), 'unit'],
    ['other boundaries', steps('call', '9', '0', '0'), steps('call', '10', '1', '1'), 'tiers'],
    [
      'another span',
      parseChargingForm({ kind: 'period', every: 'day', priceYuan: '1.00' }),
      parseChargingForm({ kind: 'period', every: 'month', priceYuan: '9.00' }),
      'unit',
    ],
  ])('%s', (_what, posted, cap, reason) =>
    expect(checkAgainstCap(posted, cap)).toEqual({ kind: 'not_comparable', reason }),
  )

  test('fewer tiers than the cap has', () => {
    const flat = parseChargingForm({
      kind: 'graduated',
      unit: 'call',
      tiers: [{ fromQuantity: '0', toQuantity: null, unitPriceYuan: '0' }],
    })
    const cap = steps('call', '9', '1', '1')
    expect(checkAgainstCap(flat, cap)).toEqual({ kind: 'not_comparable', reason: 'tiers' })
    expect(checkAgainstCap(cap, flat)).toEqual({ kind: 'not_comparable', reason: 'tiers' })
  })
})

test('every form is within itself', () => {
  fc.assert(fc.property(anyForm, (form) => checkAgainstCap(form, form).kind === 'within'))
})

test('a price within its cap never costs more than the cap, for any quantity', () => {
  fc.assert(
    fc.property(anyMeteredForm, anyMeteredForm, quantities, (posted, cap, quantity) => {
      fc.pre(checkAgainstCap(posted, cap).kind === 'within')
      return rateQuantity(posted, quantity).total.yuan.lte(rateQuantity(cap, quantity).total.yuan)
    }),
  )
})
