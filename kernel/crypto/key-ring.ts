import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { type Clock, systemClock } from '#kernel/clock.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { currentKeyFile, type KeyFile, replacedKeyFiles, replaceKeyFile } from './key-files.ts'
import { boxAlgorithms, type BoxAlgorithm, closeBox, defaultBox, openBox } from './secret-box.ts'
import {
  keyIdOf,
  type PublicKey,
  rawPublicKey,
  signBytes,
  type SignatureText,
  type SigningPurpose,
  signingPurposes,
  verifySignature,
} from './signature.ts'

export const secretPurposes = ['request_digest', 'secret_box'] as const
export type SecretPurpose = (typeof secretPurposes)[number]
export type KeyPurpose = SigningPurpose | SecretPurpose

export type HmacText = `hmac-sm3:${string}:${string}`

/**
 * The platform's keys. Private halves and secrets stay inside: what goes in is bytes, what comes out
 * is signatures, digests and boxes that name algorithm and key. A ring read earlier goes on with the
 * keys it has after a rotation elsewhere; what it made stays verifiable, and it verifies new ones.
 */
export interface KeyRing {
  sign(purpose: SigningPurpose, bytes: Uint8Array): SignatureText
  /** False for anything that is not a true signature of this purpose over these bytes. */
  verify(
    signed: Readonly<{ purpose: SigningPurpose; bytes: Uint8Array; signature: string }>,
  ): boolean
  currentKeyId(purpose: KeyPurpose): string
  /** All public keys, the replaced ones too, for publishing. */
  publicKeys(): readonly PublicKey[]
  /** A keyed digest that says nothing to who has no key: of requests, of identifiers. */
  hmac(purpose: 'request_digest', bytes: Uint8Array | string): HmacText
  /** Whether bytes have this keyed digest, also one made with a replaced key. */
  matchesHmac(expected: string, bytes: Uint8Array | string): boolean
  /** Hides a secret we must read again. `boundTo` is the id of what it belongs to. */
  closeSecret(secret: Readonly<{ plain: string; boundTo: string }>): string
  /** Throws VALIDATION_FAILED where the box was changed or belongs to something else. */
  openSecret(box: Readonly<{ text: string; boundTo: string }>): string
}

type Options = Readonly<{ clock?: Clock; boxAlgorithm?: BoxAlgorithm }>

/** Reads the keys of a folder and makes those that are not there; safe from several processes. */
export function loadKeyRing(keyDir: string, options: Options = {}): KeyRing {
  const clock = options.clock ?? systemClock
  const signers = new Map(signingPurposes.map((each) => [each, loadSigner(keyDir, each, clock)]))
  const current = new Map(secretPurposes.map((each) => [each, loadSecret(keyDir, each, clock)]))
  const secretOf = (purpose: SecretPurpose, keyId?: string): Secret | undefined => {
    const now = current.get(purpose)
    if (keyId === undefined || now?.keyId === keyId) return now
    return secretsOnDisk(keyDir, purpose, clock).find((secret) => secret.keyId === keyId)
  }
  let published = publicKeysOf(keyDir, clock)
  return {
    sign: (purpose, bytes) => signBytes(known(signers.get(purpose)), bytes),
    verify: (signed) => {
      if (verifySignature(published, signed)) return true
      const keyId = signed.signature.split(':')[1]
      if (published.some((key) => key.keyId === keyId)) return false
      published = publicKeysOf(keyDir, clock) // another process may have rotated
      return verifySignature(published, signed)
    },
    currentKeyId: (purpose) =>
      known(isSigning(purpose) ? signers.get(purpose) : current.get(purpose)).keyId,
    publicKeys: () => published,
    hmac: (purpose, bytes) => hmacText(known(secretOf(purpose)), bytes),
    matchesHmac: (expected, bytes) => {
      const keyId = /^hmac-sm3:([a-z0-9-]+):[0-9a-f]{64}$/.exec(expected)?.[1]
      const secret = keyId === undefined ? undefined : secretOf('request_digest', keyId)
      return secret !== undefined && sameText(hmacText(secret, bytes), expected)
    },
    closeSecret: ({ plain, boundTo }) => {
      const { keyId, bytes: masterKey } = known(secretOf('secret_box'))
      const algorithm = options.boxAlgorithm ?? defaultBox
      const box = closeBox({ algorithm, masterKey, boundTo }, Buffer.from(plain))
      return `${algorithm}:${keyId}:${box.toString('base64url')}`
    },
    openSecret: ({ text, boundTo }) => {
      const [name, keyId = '', box = ''] = text.split(':')
      const algorithm = boxAlgorithms.find((each) => each === name)
      const secret = secretOf('secret_box', keyId)
      const plain =
        algorithm && secret
          ? openBox({ algorithm, masterKey: secret.bytes, boundTo }, Buffer.from(box, 'base64url'))
          : null
      if (plain === null) throw new DomainError('VALIDATION_FAILED', { reason: 'not_our_secret' })
      return plain.toString('utf8')
    },
  }
}

/**
 * Makes a new key current. Of a signing key only the public half is kept, for old signatures; an old
 * secret is kept whole, for old digests and boxes. Rings read before use the old key until they are
 * read again. Run by one person at a time.
 */
export function rotateKey(keyDir: string, purpose: KeyPurpose, clock: Clock = systemClock): void {
  const make = isSigning(purpose) ? makeSigner : makeSecret
  const old = currentKeyFile(keyDir, purpose, () => make(purpose, clock))
  const { secret, ...open } = old
  const kept = isSigning(purpose) || secret === undefined ? open : { ...open, secret }
  replaceKeyFile(keyDir, kept, make(purpose, clock))
}

type Signer = Readonly<{ keyId: string; privateKey: KeyObject }>
/** `key` is the same secret as OpenSSL takes it; made from bytes for each digest it costs four times the digest. */
type Secret = Readonly<{ keyId: string; bytes: Uint8Array; key: KeyObject }>

function isSigning(purpose: KeyPurpose): purpose is SigningPurpose {
  return signingPurposes.some((each) => each === purpose)
}

function makeSigner(purpose: string, clock: Clock): KeyFile {
  const { privateKey } = generateKeyPairSync('ed25519')
  const publicKey = rawPublicKey(privateKey)
  return {
    keyId: keyIdOf(purpose, publicKey),
    purpose,
    algorithm: 'ed25519',
    madeAt: clock.now().toISOString(),
    publicKey,
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
  }
}

function makeSecret(purpose: string, clock: Clock): KeyFile {
  return {
    keyId: keyIdOf(purpose, randomBytes(16).toString('hex')),
    purpose,
    algorithm: 'random-256',
    madeAt: clock.now().toISOString(),
    secret: randomBytes(32).toString('base64url'),
  }
}

function loadSigner(keyDir: string, purpose: SigningPurpose, clock: Clock): Signer {
  const file = currentKeyFile(keyDir, purpose, () => makeSigner(purpose, clock))
  const der = Buffer.from(known(file.secret), 'base64url')
  return {
    keyId: file.keyId,
    privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  }
}

function loadSecret(keyDir: string, purpose: SecretPurpose, clock: Clock): Secret {
  return secretFrom(currentKeyFile(keyDir, purpose, () => makeSecret(purpose, clock)))
}

function secretsOnDisk(keyDir: string, purpose: SecretPurpose, clock: Clock): Secret[] {
  return [loadSecret(keyDir, purpose, clock), ...replacedKeyFiles(keyDir, purpose).map(secretFrom)]
}

function secretFrom(file: KeyFile): Secret {
  const bytes = Buffer.from(known(file.secret), 'base64url')
  return { keyId: file.keyId, bytes, key: createSecretKey(bytes) }
}

function publicKeysOf(keyDir: string, clock: Clock): PublicKey[] {
  return signingPurposes.flatMap((purpose) => {
    const current = currentKeyFile(keyDir, purpose, () => makeSigner(purpose, clock))
    const replaced = replacedKeyFiles(keyDir, purpose).filter((key) => key.keyId !== current.keyId)
    return [current, ...replaced].map((file) => ({
      keyId: file.keyId,
      purpose,
      algorithm: 'ed25519' as const,
      publicKey: known(file.publicKey),
      madeAt: file.madeAt,
      isCurrent: file.keyId === current.keyId,
    }))
  })
}

function hmacText(secret: Secret, bytes: Uint8Array | string): HmacText {
  return `hmac-sm3:${secret.keyId}:${createHmac('sm3', secret.key).update(bytes).digest('hex')}`
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function known<T>(value: T | undefined): T {
  invariant(value !== undefined, 'the key ring holds a key of every purpose')
  return value
}
