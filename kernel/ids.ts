import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { invariant, refuseValue } from './errors.ts'

declare const brand: unique symbol

/** An id says what it identifies: Id<'bill'> is `bill_` and 20 characters that sort by time. */
export type Id<P extends IdPrefix> = `${P}_${string}` & { readonly [brand]: P }

/** Every kind of thing that has an id. The one place to add one. */
export const idPrefixes = [
  // people and organizations
  'org',
  'person',
  'membership',
  'invite',
  'session',
  // governance
  'policy',
  'resource',
  'catalogue',
  'selection',
  'authz',
  'agreement',
  'demand',
  'scenario',
  'product',
  'pver', // product version
  'review', // outbound review
  'filing',
  'upstream',
  'entry',
  'devagr', // development agreement
  'application', // use application
  'key',
  'appeal',
  'complaint',
  'case',
  'incident',
  'notice',
  'file',
  'simulator',
  // metering
  'event',
  'seal',
  'receipt',
  'gap',
  'boot',
  'loss',
  'batch',
  'source', // of signed batches
  'correction',
  // billing
  'plist', // price list
  'pitem', // price item
  'posted', // posted price
  'proposal',
  'taxrate',
  'permitted', // maximum permitted revenue
  'sub', // subscription
  'bill',
  'line',
  'note', // adjustment note
  'objection',
  'payment',
  'bankentry',
  'import',
  'match',
  'refund',
  'terms', // of a buyer's account
  'invoice',
  'txn',
  'posting',
  'cost',
  'rule', // split rule
  'coefficient',
  'stmt', // statement
  'sver', // statement version
  'signature',
  'treasury',
  'treceipt', // treasury receipt
  'contribution',
  // oversight
  'evaluation',
  'disclosure',
  'exit',
  'task',
  'asset',
  // kernel
  'outbox',
  'audit',
  'request',
  'job',
] as const
export type IdPrefix = (typeof idPrefixes)[number]

// Crockford's alphabet: no i, l, o, u, so an id can be read aloud.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const bodyLength = 20
const bodyForm = /^[0-9a-hjkmnp-tv-z]{20}$/

/** 48 bits of milliseconds and 52 random bits: sorts by time, cannot be guessed from another. */
export function newId<P extends IdPrefix>(prefix: P, clock: Clock): Id<P> {
  const ms = checkedMs(clock.now().getTime())
  const random = BigInt(`0x${randomBytes(7).toString('hex')}`) >> 4n
  return `${prefix}_${base32((BigInt(ms) << 52n) | random)}` as Id<P>
}

/** Reads an id of the expected kind; throws VALIDATION_FAILED naming `field`. */
export function parseId<P extends IdPrefix>(prefix: P, text: string, field = 'id'): Id<P> {
  return isId(prefix, text) ? text : refuseValue(field, 'not_an_id')
}

export function isId<P extends IdPrefix>(prefix: P, text: string): text is Id<P> {
  return text.startsWith(`${prefix}_`) && bodyForm.test(text.slice(prefix.length + 1))
}

/**
 * A UUID of version 7 for usage events: the database keeps them in 16 bytes, in order of time. Its random
 * bits are those of a version 4, which Node fetches for many at once.
 */
export function uuidv7At(ms: number): string {
  const time = checkedMs(ms).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

function checkedMs(ms: number): number {
  invariant(Number.isInteger(ms) && ms >= 0 && ms < 2 ** 48, 'an id is made at a time of this age')
  return ms
}

function base32(value: bigint): string {
  let text = ''
  for (let shift = BigInt(5 * (bodyLength - 1)); shift >= 0n; shift -= 5n)
    text += alphabet.charAt(Number((value >> shift) & 31n))
  return text
}
