import { randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { digest, type DigestText } from './crypto/digest.ts'

/**
 * A key is `xn_live_` or `xn_test_`, 30 random base62 characters (178 bits) and 6 that are the CRC-32
 * of all before them: a typing error is told from a revoked key without a look-up, and scanners for
 * leaked secrets find our keys without guessing.
 */
export type ApiKeyMode = 'live' | 'sandbox'
export type ApiKeyText = string & { readonly [made]: true }
declare const made: unique symbol

const starts = { live: 'xn_live_', sandbox: 'xn_test_' } as const satisfies Record<
  ApiKeyMode,
  string
>
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 30
const checkLength = 6
const form = /^xn_(?:live|test)_[0-9A-Za-z]{36}$/

export function makeApiKey(mode: ApiKeyMode): ApiKeyText {
  const random = Array.from({ length: randomLength }, () => alphabet.charAt(randomInt(62))).join('')
  const head = `${starts[mode]}${random}`
  return `${head}${checkOf(head)}` as ApiKeyText
}

/** Null for anything that is not a key: wrong form, or a check sum that does not fit. */
export function parseApiKey(text: string): Readonly<{ key: ApiKeyText; mode: ApiKeyMode }> | null {
  if (!isApiKey(text)) return null
  return { key: text, mode: text.startsWith(starts.live) ? 'live' : 'sandbox' }
}

/** What is stored instead of the key. A key is random enough to need no slow hash. */
export function hashApiKey(key: ApiKeyText): DigestText {
  return digest('sha256', key)
}

/** What a person may see again: `xn_live_ab12` and the last four. */
export function displayApiKey(key: ApiKeyText): Readonly<{ prefix: string; lastFour: string }> {
  return { prefix: key.slice(0, 12), lastFour: key.slice(-4) }
}

function isApiKey(text: string): text is ApiKeyText {
  return form.test(text) && text.slice(-checkLength) === checkOf(text.slice(0, -checkLength))
}

function checkOf(head: string): string {
  let rest = crc32(head)
  let text = ''
  for (let place = 0; place < checkLength; place++) {
    text = alphabet.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
