import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chargingUnitOf,
  formatChargingForm,
  isPurchase,
  parseChargingForm,
} from './charging-form.ts'
import { anyForm } from './forms.arbitrary.ts'

test('parse ∘ format is identity, through JSON text', () => {
  fc.assert(
    fc.property(anyForm, (form) => {
      const stored = formatChargingForm(form)
      expect(parseChargingForm(JSON.parse(JSON.stringify(stored)))).toEqual(form)
      expect(formatChargingForm(parseChargingForm(stored))).toEqual(stored)
    }),
  )
})

describe('a stored form is read strictly', () => {
  test.each([
    ['an unknown kind', { kind: 'negotiated' }],
    ['a number where text belongs', { kind: 'per_call', unitPriceYuan: 0.5 }],
    ['seven decimals', { kind: 'per_call', unitPriceYuan: '0.5000001' }],
    ['a negative price', { kind: 'per_call', unitPriceYuan: '-0.50' }],
    ['an exponent', { kind: 'per_call', unitPriceYuan: '1e-3' }],
    ['a key that does not belong', { kind: 'per_call', unitPriceYuan: '0.5', discount: '0.1' }],
    ['a package of nothing', { kind: 'package', calls: '0', priceYuan: '1.00', validDays: 1 }],
    ['a package for no day', { kind: 'package', calls: '1', priceYuan: '1.00', validDays: 0 }],
    ['a period nobody knows', { kind: 'period', every: 'week', priceYuan: '1.00' }],
    ['no tier', { kind: 'graduated', unit: 'call', tiers: [] }],
    ['nothing', null],
  ])('%s is refused', (_what, json) =>
    expect(() => parseChargingForm(json)).toThrow('VALIDATION_FAILED'),
  )
})

describe('tiers', () => {
  const tier = (fromQuantity: string, toQuantity: string | null, unitPriceYuan = '0.1') => ({
    fromQuantity,
    toQuantity,
    unitPriceYuan,
  })
  const read = (...tiers: unknown[]) =>
    parseChargingForm({ kind: 'graduated', unit: 'record', tiers })

  test('that begin at 0, touch and end open are read', () => {
    expect(read(tier('0', '10'), tier('10', '20.5'), tier('20.5', null))).toMatchObject({
      unit: 'record',
    })
  })

  test.each([
    ['not_from_zero', [tier('1', null)]],
    ['gap_or_overlap', [tier('0', '10'), tier('11', null)]],
    ['gap_or_overlap', [tier('0', '10'), tier('9', null)]],
    ['open_before_the_last', [tier('0', null), tier('10', null)]],
    ['last_not_open', [tier('0', '10')]],
    ['empty', [tier('0', '0'), tier('0', null)]],
  ])('%s is refused', (reason, tiers) => {
    expect(() => read(...tiers)).toThrow(
      expect.objectContaining({
        detail: { fields: [expect.objectContaining({ reason })] },
      }) as Error,
    )
  })
})

test('every form says what its quantity counts', () => {
  const unit = (json: unknown) => chargingUnitOf(parseChargingForm(json))
  expect(unit({ kind: 'per_megabyte', unitPriceYuan: '1' })).toBe('megabyte')
  expect(unit({ kind: 'period', every: 'year', priceYuan: '1.00' })).toBe('year')
  expect(isPurchase(parseChargingForm({ kind: 'period', every: 'day', priceYuan: '1.00' }))).toBe(
    true,
  )
  expect(isPurchase(parseChargingForm({ kind: 'metered_not_charged' }))).toBe(false)
})
