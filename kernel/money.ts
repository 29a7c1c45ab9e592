import { Decimal } from './decimal.ts'
import { invariant, refuseValue } from './errors.ts'

declare const fen: unique symbol

/** An amount somebody can owe, in whole fen. Only this file makes one. */
export type Money = bigint & { readonly [fen]: true }

/** A computed amount in yuan that nobody owes yet. */
export type UnroundedAmount = Readonly<{ yuan: Decimal }>

export function moneyFromFen(amountFen: bigint): Money {
  return amountFen as Money
}

export const zeroFen: Money = moneyFromFen(0n)

/** Reads `12.34` or `-0.05`: exactly two decimals. Throws VALIDATION_FAILED naming `field`. */
export function parseMoneyYuan(text: string, field = 'amountYuan'): Money {
  if (!/^-?(?:0|[1-9][0-9]*)\.[0-9]{2}$/.test(text)) refuseValue(field, 'not_an_amount')
  if (text === '-0.00') refuseValue(field, 'negative_zero')
  return moneyFromFen(BigInt(text.replace('.', '')))
}

/** `12.34`, without grouping: for JSON, documents and digests. */
export function formatYuan(amount: Money): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Money as a number to compute with. The way back is roundToMoney. */
export function unroundedFromMoney(amount: Money): UnroundedAmount {
  return { yuan: new Decimal(amount.toString()).div(100) }
}

/**
 * The only door from computed to owed: half-up (四舍五入) to the fen, once, at the bill line (R62).
 * Negative amounts mirror positive ones (policy.md 6.5).
 */
export function roundToMoney(amount: UnroundedAmount): Money {
  invariant(amount.yuan.isFinite(), 'an amount is a finite number')
  const fenText = amount.yuan.times(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0)
  return moneyFromFen(BigInt(fenText))
}

export function addMoney(a: Money, b: Money): Money {
  return moneyFromFen(a + b)
}

export function subtractMoney(from: Money, amount: Money): Money {
  return moneyFromFen(from - amount)
}

export function negateMoney(amount: Money): Money {
  return moneyFromFen(-amount)
}

export function sumMoney(amounts: Iterable<Money>): Money {
  let total = 0n
  for (const amount of amounts) total += amount
  return moneyFromFen(total)
}

/** -1, 0 or 1, as a sort wants it. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  if (a === b) return 0
  return a < b ? -1 : 1
}

export function minMoney(a: Money, b: Money): Money {
  return a < b ? a : b
}

export function maxMoney(a: Money, b: Money): Money {
  return a > b ? a : b
}

/**
 * Takes the tax out of a tax-inclusive amount: net = gross ÷ (1 + rate) half-up, tax = gross − net
 * (policy.md 6.4). The rate is 0.06 for six per cent. Once per bill and rate, never per line.
 */
export function splitTax(gross: Money, rate: Decimal): Readonly<{ net: Money; tax: Money }> {
  invariant(rate.gte(0) && rate.lt(1), 'a tax rate is at least 0 and below 1')
  const net = roundToMoney({ yuan: unroundedFromMoney(gross).yuan.div(rate.plus(1)) })
  return { net, tax: subtractMoney(gross, net) }
}
