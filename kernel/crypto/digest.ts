import { hash } from 'node:crypto'
import { invariant, refuseValue } from '#kernel/errors.ts'

/** Digest algorithms by the names Node's OpenSSL gives them; both are 256 bits long. */
export const digestAlgorithms = ['sm3', 'sha256'] as const
export type DigestAlgorithm = (typeof digestAlgorithms)[number]

/** `sm3:` or `sha256:` and 64 hexadecimal digits: a digest always names its algorithm (R93). */
export type DigestText = `${DigestAlgorithm}:${string}`

/** What new records use. Old ones keep the algorithm they name, so this may change. */
export const defaultDigest: DigestAlgorithm = 'sm3'

export const digestBytesLength = 32

export function digestBytes(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array {
  // As text first: a buffer of Node's own making is an allocation of its own, and trees make many.
  return Buffer.from(hash(algorithm, bytes, 'hex'), 'hex')
}

/** The digest of bytes, or of text as UTF-8. */
export function digest(algorithm: DigestAlgorithm, bytes: Uint8Array | string): DigestText {
  return `${algorithm}:${hash(algorithm, bytes, 'hex')}`
}

export function formatDigest(algorithm: DigestAlgorithm, bytes: Uint8Array): DigestText {
  invariant(bytes.length === digestBytesLength, 'a digest has 32 bytes')
  return `${algorithm}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
}

/** Reads a digest; throws VALIDATION_FAILED for an unknown algorithm or a wrong length. */
export function parseDigest(
  text: string,
  field = 'digest',
): Readonly<{ algorithm: DigestAlgorithm; bytes: Uint8Array }> {
  const read = /^(sm3|sha256):([0-9a-f]{64})$/.exec(text)
  const algorithm = digestAlgorithms.find((each) => each === read?.[1])
  const hex = read?.[2]
  if (algorithm === undefined || hex === undefined) refuseValue(field, 'not_a_digest')
  return { algorithm, bytes: Buffer.from(hex, 'hex') }
}

/** Whether bytes have this digest, by the algorithm the digest names. */
export function matchesDigest(expected: string, bytes: Uint8Array | string): boolean {
  return digest(parseDigest(expected).algorithm, bytes) === expected
}
