import { defaultDigest, digest, type DigestAlgorithm, type DigestText } from './crypto/digest.ts'
import { invariant } from './errors.ts'

export type CanonicalValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly CanonicalValue[]
  | Readonly<{ [key: string]: CanonicalValue }>

/**
 * The one way to write a value as JSON (RFC 8785): keys sorted by UTF-16 code units, no white space,
 * no needless escapes. A `bigint` is written as decimal text; a number must be a safe integer, as
 * fractions are decimal text with us. Anything JSON would drop or bend – undefined, a Date, a class,
 * a lone surrogate, negative zero – is refused as a bug, since what is digested and signed must be
 * all that was meant.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return textOf(value)
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value === 'number') return numberOf(value)
  if (isList(value)) return `[${Array.from(value, canonicalJson).join(',')}]`
  return objectOf(value)
}

export function canonicalBytes(value: CanonicalValue): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8')
}

/** The digest of the canonical bytes, by SM3 unless another algorithm is named. */
export function canonicalDigest(
  value: CanonicalValue,
  algorithm: DigestAlgorithm = defaultDigest,
): DigestText {
  return digest(algorithm, canonicalBytes(value))
}

function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value)
}

function textOf(text: string): string {
  invariant(text.isWellFormed(), 'canonical text has no lone surrogate')
  return JSON.stringify(text)
}

function numberOf(value: number): string {
  const isPlain = Number.isSafeInteger(value) && !Object.is(value, -0)
  invariant(isPlain, 'a canonical number is a safe integer; fractions are decimal text')
  return String(value)
}

function objectOf(value: unknown): string {
  invariant(isPlainObject(value), `a ${typeof value} of this kind has no canonical form`)
  let members = ''
  for (const key of sortedKeys(value)) {
    if (members !== '') members += ','
    members += nameOf(key) + canonicalJson(value[key] as CanonicalValue)
  }
  return `{${members}}`
}

/** Many records are written with their keys in order already; sorting those again would be most of the work. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value)
  for (let at = 1; at < keys.length; at++)
    if ((keys[at - 1] ?? '') > (keys[at] ?? '')) return keys.sort()
  return keys
}

// The same few keys come over and over; keys that are data are not kept without end.
const names = new Map<string, string>()
const namesMax = 2_000

function nameOf(key: string): string {
  const known = names.get(key)
  if (known !== undefined) return known
  const name = `${textOf(key)}:`
  if (names.size < namesMax) names.set(key, name)
  return name
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
