import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decimal, formatDecimal, fromBasisPoints, parseDecimal } from './decimal.ts'

describe('parseDecimal', () => {
  test.each(['0', '12', '-1.50', '0.0035', '1234567890123456789012345678901234567.123'])(
    'reads plain text %s',
    (text) => expect(parseDecimal(text).toFixed()).toBe(new Decimal(text).toFixed()),
  )

  test.each([
    '',
    '1e3',
    '+1',
    '.5',
    '5.',
    '01',
    ' 1',
    '1,000',
    'NaN',
    'Infinity',
    '0x10',
    '-0',
    '-0.00',
    '１',
  ])('refuses %j', (text) => expect(() => parseDecimal(text)).toThrow('VALIDATION_FAILED'))

  test('refuses more digits than it can compute with', () =>
    expect(() => parseDecimal('1'.repeat(41))).toThrow('VALIDATION_FAILED'))
})

const scaled = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 10 }))
  .map(([whole, places]) => new Decimal(whole.toString()).div(new Decimal(10).pow(places)))

test('parse ∘ format is identity', () => {
  fc.assert(fc.property(scaled, (value) => parseDecimal(formatDecimal(value)).eq(value)))
})

test('money-sized products keep every digit', () => {
  const product = parseDecimal('99999999999999.999999').times(parseDecimal('99999999999999.999999'))
  expect(product.toFixed()).toBe('9999999999999999999800000000.000000000001')
})

test('250 basis points are 0.025', () => expect(fromBasisPoints(250).toFixed()).toBe('0.025'))
