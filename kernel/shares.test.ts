import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from './decimal.ts'
import { formatYuan, moneyFromFen, negateMoney, parseMoneyYuan, sumMoney } from './money.ts'
import { cutByLargestRemainder, cutInSteps } from './shares.ts'

const totals = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(moneyFromFen)
const weightLists = fc
  .array(fc.bigInt({ min: 0n, max: 10_000n }), { minLength: 1, maxLength: 8 })
  .filter((weights) => weights.some((weight) => weight > 0n))
const cuts = [
  ['cutByLargestRemainder', cutByLargestRemainder],
  ['cutInSteps', cutInSteps],
] as const

describe.each(cuts)('%s', (_name, cut) => {
  test('100.00 in three equal parts is 33.34, 33.33, 33.33; −100.00 mirrors it', () => {
    const parts = (yuan: string) => cut(parseMoneyYuan(yuan), [1n, 1n, 1n]).map(formatYuan)
    expect(parts('100.00')).toEqual(['33.34', '33.33', '33.33'])
    expect(parts('-100.00')).toEqual(['-33.34', '-33.33', '-33.33'])
  })

  test('the parts add up, none is negative, none is further from exact than its place allows', () => {
    fc.assert(
      fc.property(totals, weightLists, (total, weights) => {
        const parts = cut(total, weights)
        const whole = weights.reduce((left, right) => left + right, 0n)
        expect(sumMoney(parts)).toBe(total)
        parts.forEach((part, index) => {
          const off = part * whole - total * (weights[index] ?? 0n)
          expect(part).toBeGreaterThanOrEqual(0n)
          expect(off < 0n ? -off : off).toBeLessThan(whole * BigInt(weights.length))
        })
      }),
    )
  })

  test('a negative total gives the mirrored parts', () => {
    fc.assert(
      fc.property(totals, weightLists, (total, weights) => {
        expect(cut(negateMoney(total), weights)).toEqual(cut(total, weights).map(negateMoney))
      }),
    )
  })

  test('a weight of zero gets nothing', () => {
    fc.assert(
      fc.property(totals, weightLists, (total, weights) => {
        const parts = cut(total, weights)
        expect(parts.filter((part, index) => weights[index] === 0n && part !== 0n)).toEqual([])
      }),
    )
  })

  test('decimal weights cut like the whole numbers they stand for', () => {
    const decimals = ['0.5', '0.25', '1.125'].map((text) => parseDecimal(text))
    expect(cut(moneyFromFen(1_000_003n), decimals)).toEqual(
      cut(moneyFromFen(1_000_003n), [500n, 250n, 1125n]),
    )
  })

  test('nothing can be cut while there is nothing to cut; something by no weight is our bug', () => {
    expect(cut(moneyFromFen(0n), [0n, 0n])).toEqual([0n, 0n])
    expect(() => cut(moneyFromFen(1n), [0n, 0n])).toThrow('weight')
  })
})

test('largest remainder gives left-over fen to the largest remainders, then in the order given', () => {
  // 10 fen by 1 : 1 : 5 are 1.43, 1.43, 7.14: the one fen left goes to the first of the equal two.
  expect(cutByLargestRemainder(moneyFromFen(10n), [1n, 1n, 5n])).toEqual([2n, 1n, 7n])
})

test('largest remainder stays within one fen of exact', () => {
  fc.assert(
    fc.property(totals, weightLists, (total, weights) => {
      const whole = weights.reduce((left, right) => left + right, 0n)
      cutByLargestRemainder(total, weights).forEach((part, index) => {
        const off = part * whole - total * (weights[index] ?? 0n)
        expect(off < 0n ? -off : off).toBeLessThan(whole)
      })
    }),
  )
})

test('largest remainder can take a fen back while the total grows, which is why there are steps', () => {
  const cut = (total: bigint) => cutByLargestRemainder(moneyFromFen(total), [5n, 5n, 1n])
  expect(cut(5n)).toEqual([2n, 2n, 1n])
  expect(cut(6n)).toEqual([3n, 3n, 0n])
})

test('cutting in steps never takes back while the total grows', () => {
  fc.assert(
    fc.property(totals, fc.bigInt({ min: 1n, max: 50n }), weightLists, (total, more, weights) => {
      const before = cutInSteps(total, weights)
      const after = cutInSteps(moneyFromFen(total + more), weights)
      expect(after.filter((part, index) => part < (before[index] ?? 0n))).toEqual([])
    }),
    { numRuns: 1000 },
  )
})
