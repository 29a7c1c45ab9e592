import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { invariant } from '#kernel/errors.ts'
import { sm4Decrypt, sm4Encrypt } from './sm4.ts'

/**
 * Authenticated encryption of secrets we must read again (upstream passwords). Node's OpenSSL has no
 * SM4-GCM, so SM4 comes as SM4-CTR with HMAC-SM3 over everything (encrypt, then MAC).
 */
export const boxAlgorithms = ['aes-256-gcm', 'sm4-ctr-hmac-sm3'] as const
export type BoxAlgorithm = (typeof boxAlgorithms)[number]
export const defaultBox: BoxAlgorithm = 'aes-256-gcm'

/** The master key has 32 bytes; `boundTo` says whose secret it is, and opens only there. */
export type BoxKey = Readonly<{ algorithm: BoxAlgorithm; masterKey: Uint8Array; boundTo: string }>

export function closeBox(key: BoxKey, plain: Uint8Array): Buffer {
  return key.algorithm === 'aes-256-gcm' ? closeGcm(key, plain) : closeSm4(key, plain)
}

/** Null where the box was changed, belongs to another thing, or is of another key. */
export function openBox(key: BoxKey, box: Uint8Array): Buffer | null {
  return key.algorithm === 'aes-256-gcm' ? openGcm(key, box) : openSm4(key, box)
}

function derive(key: BoxKey, use: string, length: number): Buffer {
  invariant(key.masterKey.length === 32, 'a master key has 32 bytes')
  return Buffer.from(hkdfSync('sha256', key.masterKey, '', `${key.algorithm}/${use}`, length))
}

const gcmNonceLength = 12
const gcmTagLength = 16

function closeGcm(key: BoxKey, plain: Uint8Array): Buffer {
  const nonce = randomBytes(gcmNonceLength)
  const cipher = createCipheriv('aes-256-gcm', derive(key, 'encrypt', 32), nonce)
  cipher.setAAD(Buffer.from(key.boundTo))
  const hidden = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden])
}

function openGcm(key: BoxKey, box: Uint8Array): Buffer | null {
  if (box.length < gcmNonceLength + gcmTagLength) return null
  const nonce = box.subarray(0, gcmNonceLength)
  const decipher = createDecipheriv('aes-256-gcm', derive(key, 'encrypt', 32), nonce, {
    authTagLength: gcmTagLength,
  })
  decipher.setAAD(Buffer.from(key.boundTo))
  decipher.setAuthTag(box.subarray(gcmNonceLength, gcmNonceLength + gcmTagLength))
  const start = decipher.update(box.subarray(gcmNonceLength + gcmTagLength))
  try {
    return Buffer.concat([start, decipher.final()])
  } catch {
    // OpenSSL's only way to say that the tag does not fit.
    return null
  }
}

const counterLength = 16
const macLength = 32

function closeSm4(key: BoxKey, plain: Uint8Array): Buffer {
  const counter = randomBytes(counterLength)
  const hidden = sm4Encrypt({ key: derive(key, 'encrypt', 16), counter, data: plain })
  return Buffer.concat([counter, macOf(key, counter, hidden), hidden])
}

function openSm4(key: BoxKey, box: Uint8Array): Buffer | null {
  if (box.length < counterLength + macLength) return null
  const counter = box.subarray(0, counterLength)
  const mac = box.subarray(counterLength, counterLength + macLength)
  const hidden = box.subarray(counterLength + macLength)
  if (!timingSafeEqual(mac, macOf(key, counter, hidden))) return null
  return sm4Decrypt({ key: derive(key, 'encrypt', 16), counter, data: hidden })
}

function macOf(key: BoxKey, counter: Uint8Array, hidden: Uint8Array): Buffer {
  const bound = Buffer.from(key.boundTo)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bound.length)
  return createHmac('sm3', derive(key, 'authenticate', 32))
    .update(length)
    .update(bound)
    .update(counter)
    .update(hidden)
    .digest()
}
