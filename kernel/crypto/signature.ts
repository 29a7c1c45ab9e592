import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { refuseValue } from '#kernel/errors.ts'

/** What a key signs. Each has keys of its own, so no signature can stand in for another. */
export const signingPurposes = ['receipt', 'seal', 'statement', 'audit'] as const
export type SigningPurpose = (typeof signingPurposes)[number]

/** `ed25519:<key id>:<base64url>`: a signature names its algorithm and its key. */
export type SignatureText = `ed25519:${string}:${string}`

/** A key as it is published; it stays published after it has been replaced. */
export type PublicKey = Readonly<{
  keyId: string
  purpose: SigningPurpose
  algorithm: 'ed25519'
  /** The 32 raw bytes in base64url, as `x` of an OKP JWK. */
  publicKey: string
  madeAt: string
  isCurrent: boolean
}>

export type ParsedSignature = Readonly<{ algorithm: 'ed25519'; keyId: string; value: Uint8Array }>

export function parseSignature(text: string, field = 'signature'): ParsedSignature {
  const read = /^ed25519:([a-z0-9-]{3,60}):([A-Za-z0-9_-]{86})$/.exec(text)
  if (read?.[1] === undefined || read[2] === undefined) refuseValue(field, 'not_a_signature')
  return { algorithm: 'ed25519', keyId: read[1], value: Buffer.from(read[2], 'base64url') }
}

/**
 * Verifies with published keys alone, as an outsider does offline. False for a changed text, an
 * unknown key, a key of another purpose or a text that is no signature.
 */
export function verifySignature(
  keys: Iterable<PublicKey>,
  signed: Readonly<{ purpose: SigningPurpose; bytes: Uint8Array; signature: string }>,
): boolean {
  if (!/^ed25519:[a-z0-9-]+:[A-Za-z0-9_-]{86}$/.test(signed.signature)) return false
  const { keyId, value } = parseSignature(signed.signature)
  for (const key of keys)
    if (key.keyId === keyId && key.purpose === signed.purpose)
      return verify(null, signed.bytes, publicKeyObject(key.publicKey), value)
  return false
}

/** Whether a text is a raw Ed25519 public key in base64url. */
export function isRawPublicKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text) && Buffer.from(text, 'base64url').length === 32
}

/** Verifies with the registered key of somebody else: the 64 bytes of Ed25519 in base64url. */
export function verifyRawSignature(
  signed: Readonly<{ publicKey: string; bytes: Uint8Array; signature: string }>,
): boolean {
  if (!/^[A-Za-z0-9_-]{86}$/.test(signed.signature)) return false
  const value = Buffer.from(signed.signature, 'base64url')
  return verify(null, signed.bytes, publicKeyObject(signed.publicKey), value)
}

export function signBytes(
  key: Readonly<{ keyId: string; privateKey: KeyObject }>,
  bytes: Uint8Array,
): SignatureText {
  return `ed25519:${key.keyId}:${sign(null, bytes, key.privateKey).toString('base64url')}`
}

/** The raw public half of a private key in base64url. */
export function rawPublicKey(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return x ?? refuseValue('privateKey', 'not_ed25519')
}

/** Named after the key itself, so that two keys never share a name. */
export function keyIdOf(purpose: string, rawKey: string): string {
  return `${purpose.replace('_', '-')}-${hash('sha256', rawKey).slice(0, 16)}`
}

function publicKeyObject(raw: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' })
}
