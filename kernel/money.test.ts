import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from './decimal.ts'
import {
  compareMoney,
  formatYuan,
  moneyFromFen,
  negateMoney,
  parseMoneyYuan,
  roundToMoney,
  splitTax,
  sumMoney,
  unroundedFromMoney,
} from './money.ts'

const anyMoney = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }).map(moneyFromFen)

describe('text', () => {
  test.each([
    [0n, '0.00'],
    [5n, '0.05'],
    [-5n, '-0.05'],
    [1234n, '12.34'],
    [-3_550_000n, '-35500.00'],
  ])('%s fen are written %s', (fen, text) => expect(formatYuan(moneyFromFen(fen))).toBe(text))

  test('parse ∘ format is identity', () => {
    fc.assert(fc.property(anyMoney, (amount) => parseMoneyYuan(formatYuan(amount)) === amount))
  })

  test.each(['12', '12.3', '12.345', '.50', '01.00', '-0.00', '1,000.00', '1e2', ''])(
    'refuses %j',
    (text) => expect(() => parseMoneyYuan(text)).toThrow('VALIDATION_FAILED'),
  )
})

describe('rounding', () => {
  test.each([
    ['0.004999', '0.00'],
    ['0.005', '0.01'],
    ['0.015', '0.02'],
    ['0.025', '0.03'],
    ['-0.005', '-0.01'],
    ['-0.004', '0.00'],
    ['1234.565', '1234.57'],
  ])('%s yuan become %s: half-up, mirrored below zero', (computed, owed) =>
    expect(formatYuan(roundToMoney({ yuan: parseDecimal(computed) }))).toBe(owed),
  )

  test('whole fen come back unchanged', () => {
    fc.assert(
      fc.property(anyMoney, (amount) => roundToMoney(unroundedFromMoney(amount)) === amount),
    )
  })
})

describe('tax', () => {
  test.each([
    ['100.00', '94.34', '5.66'],
    ['0.01', '0.01', '0.00'],
    ['35500.00', '33490.57', '2009.43'],
    ['-100.00', '-94.34', '-5.66'],
  ])('%s at 6 %% is %s net and %s tax', (gross, net, tax) => {
    const parts = splitTax(parseMoneyYuan(gross), parseDecimal('0.06'))
    expect([formatYuan(parts.net), formatYuan(parts.tax)]).toEqual([net, tax])
  })

  test('net and tax are the gross, at any rate', () => {
    const rates = fc
      .integer({ min: 0, max: 9999 })
      .map((n) => parseDecimal(`0.${String(n).padStart(4, '0')}`))
    fc.assert(
      fc.property(anyMoney, rates, (gross, rate) => {
        const { net, tax } = splitTax(gross, rate)
        expect(sumMoney([net, tax])).toBe(gross)
      }),
    )
  })

  test('a rate of one or more is our bug', () =>
    expect(() => splitTax(moneyFromFen(1n), parseDecimal('1'))).toThrow('tax rate'))
})

test('amounts sort by size', () => {
  const amounts = [3n, -1n, 0n].map(moneyFromFen)
  expect(amounts.sort(compareMoney)).toEqual([-1n, 0n, 3n])
  expect(negateMoney(moneyFromFen(0n))).toBe(0n)
})
