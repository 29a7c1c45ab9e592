import { z } from 'zod'
import { type Decimal, parseDecimal } from './decimal.ts'

/**
 * Numbers as JSON carries them, in storage and over HTTP: decimal text, never JSON numbers. These
 * schemas keep the text, so they describe an API as well; the `…Of` functions read it.
 */

const plainDecimal = '(?:0|[1-9][0-9]{0,13})'

/** Decimal text of at most 14 whole digits, not negative: a unit price, a quantity. */
export function decimalText(places: number): z.ZodString {
  return z.string().regex(new RegExp(`^${plainDecimal}(?:\\.[0-9]{1,${places}})?$`))
}

/** An amount of zero or more in yuan with two decimals. */
export const yuanText: z.ZodString = z.string().regex(new RegExp(`^${plainDecimal}\\.[0-9]{2}$`))

/** A whole number of one or more. */
export const countText: z.ZodString = z.string().regex(/^[1-9][0-9]{0,13}$/)

export function decimalOf(text: string): Decimal {
  return parseDecimal(text)
}
