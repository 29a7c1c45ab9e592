import { Decimal as Base } from 'decimal.js'
import { refuseValue } from './errors.ts'

/**
 * The one configured decimal: 40 significant digits (the default 20 loses money-sized products),
 * half-up, which for negative numbers means away from zero, so that they mirror positive ones.
 */
export const Decimal = Base.clone({
  precision: 40,
  rounding: Base.ROUND_HALF_UP,
  toExpNeg: -60,
  toExpPos: 60,
})
export type Decimal = Base

export const zeroDecimal: Decimal = new Decimal(0)
export const oneDecimal: Decimal = new Decimal(1)

const digitsMax = 40

/**
 * Reads plain decimal text: `12`, `0.0035`, `-1.50`. No exponent, no plus, no leading or missing
 * zero, no negative zero, at most 40 digits. Throws VALIDATION_FAILED naming `field`.
 */
export function parseDecimal(text: string, field = 'value'): Decimal {
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text)) refuseValue(field, 'not_a_decimal')
  if (text.replace(/[-.]/g, '').length > digitsMax) refuseValue(field, 'too_many_digits')
  const value = new Decimal(text)
  if (value.isZero() && text.startsWith('-')) refuseValue(field, 'negative_zero')
  return value
}

/** Plain text without exponent and without trailing zeros; parseDecimal reads it back. */
export function formatDecimal(value: Decimal): string {
  return value.toFixed()
}

/** From a whole number that is already exact. */
export function decimalFromBigint(value: bigint): Decimal {
  return new Decimal(value.toString())
}

/** 250 basis points are 0.025. */
export function fromBasisPoints(basisPoints: number): Decimal {
  return new Decimal(basisPoints).div(10_000)
}
