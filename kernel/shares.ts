import type { Decimal } from './decimal.ts'
import { invariant } from './errors.ts'
import { type Money, moneyFromFen, negateMoney, zeroFen } from './money.ts'

/**
 * Cuts an amount in proportion to weights: each part exactly, rounded down, and the fen left over go
 * one by one to the largest remainders; equal remainders in the order of the array (R69). The parts
 * always sum to the total, a negative total gives the mirrored parts, a weight of zero gets nothing.
 * Weights are at least 0 and not all 0, unless there is nothing to cut.
 */
export function cutByLargestRemainder(
  total: Money,
  weights: readonly Decimal[] | readonly bigint[],
): Money[] {
  if (total < 0n) return cutByLargestRemainder(negateMoney(total), weights).map(negateMoney)
  const whole = wholeWeights(weights)
  const sum = whole.reduce((left, right) => left + right, 0n)
  if (total === 0n) return whole.map(() => zeroFen)
  invariant(sum > 0n, 'an amount can be cut only by weights that are not all zero')
  const parts = whole.map((weight) => (total * weight) / sum)
  for (const index of largestRemaindersFirst(total, whole, sum).slice(0, leftOver(total, parts)))
    parts[index] = (parts[index] ?? 0n) + 1n
  return parts.map(moneyFromFen)
}

function leftOver(total: bigint, parts: readonly bigint[]): number {
  return Number(parts.reduce((left, part) => left - part, total))
}

function largestRemaindersFirst(total: bigint, weights: readonly bigint[], sum: bigint): number[] {
  return weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index)
    .map(({ index }) => index)
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The same proportions in whole numbers, so that no remainder is ever rounded. */
function wholeWeights(weights: readonly Decimal[] | readonly bigint[]): bigint[] {
  const places = Math.max(0, ...weights.map((w) => (typeof w === 'bigint' ? 0 : w.decimalPlaces())))
  return weights.map((weight) => {
    const whole =
      typeof weight === 'bigint'
        ? weight * 10n ** BigInt(places)
        : BigInt(weight.toFixed(places).replace('.', ''))
    invariant(whole >= 0n, 'a weight is never negative')
    return whole
  })
}

/**
 * Cuts an amount by weights so that no part ever falls while the amount grows: the last part is cut
 * from all before it by largest remainder, then the one before it, and so on; ties go to the front.
 * With three or more parts plain largest remainder can take a fen from one part while the total
 * grows (the Alabama paradox), and a share that is a difference of cumulative cuts would then be
 * negative. A cut in two is free of that. Parts sum to the total and are less than their number of
 * fen from exact; negative totals mirror.
 */
export function cutInSteps(total: Money, weights: readonly Decimal[] | readonly bigint[]): Money[] {
  let whole = wholeWeights(weights)
  const parts: Money[] = []
  let rest = total
  while (whole.length > 1) {
    const last = whole.at(-1) ?? 0n
    whole = whole.slice(0, -1)
    const before = whole.reduce((left, right) => left + right, 0n)
    if (before + last === 0n) parts.unshift(zeroFen)
    else {
      const [front, back] = cutByLargestRemainder(rest, [before, last])
      parts.unshift(back ?? zeroFen)
      rest = front ?? zeroFen
    }
  }
  invariant(rest === 0n || whole.some((weight) => weight > 0n), 'some weight is above zero')
  return whole.length === 0 ? [] : [rest, ...parts]
}
