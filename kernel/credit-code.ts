import { DomainError, invariant } from './errors.ts'

declare const checked: unique symbol
/** A unified social credit code (统一社会信用代码) whose two check digits are right. */
export type CreditCode = string & { readonly [checked]: true }

// GB 32100-2015: no I, O, S, V, Z.
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const form = /^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$/
// GB 11714 for the organization code inside, which has its own check digit.
const organizationAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const organizationWeights = [3, 7, 9, 10, 5, 8, 4, 2]

/**
 * Reads a code (R5): lower case is normalized, surrounding space taken off. Throws
 * INVALID_CREDIT_CODE for a letter that does not exist, a wrong length or a wrong check digit.
 */
export function parseCreditCode(text: string): CreditCode {
  const code = text.trim().toUpperCase()
  if (!isCreditCode(code)) throw new DomainError('INVALID_CREDIT_CODE', { code })
  return code
}

/** Whether a text is a code as it stands, in upper case. */
export function isCreditCode(text: string): text is CreditCode {
  return (
    form.test(text) &&
    text[16] === organizationCheck(text.slice(8, 16)) &&
    text[17] === creditCheck(text.slice(0, 17))
  )
}

/** A code with right check digits, for generated data: 8 characters of authority, type and region, 8 of the organization. */
export function makeCreditCode(
  parts: Readonly<{ head: string; organization: string }>,
): CreditCode {
  invariant(parts.head.length === 8 && parts.organization.length === 8, 'two parts of 8 characters')
  const inner = `${parts.head}${parts.organization}${organizationCheck(parts.organization)}`
  return parseCreditCode(`${inner}${creditCheck(inner)}`)
}

function creditCheck(first17: string): string {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return alphabet.charAt((31 - (sum % 31)) % 31)
}

function organizationCheck(first8: string): string {
  const sum = organizationWeights.reduce(
    (left, weight, index) => left + weight * organizationAlphabet.indexOf(first8.charAt(index)),
    0,
  )
  const check = 11 - (sum % 11)
  if (check === 10) return 'X'
  return check === 11 ? '0' : String(check)
}
