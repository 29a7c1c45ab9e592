import { createCipheriv, createDecipheriv } from 'node:crypto'
import { invariant } from '#kernel/errors.ts'

/** SM4 in counter mode (GB/T 32907, GB/T 17964). Only hides: whoever uses it adds a MAC. */
export type Sm4Input = Readonly<{ key: Uint8Array; counter: Uint8Array; data: Uint8Array }>

export function sm4Encrypt(input: Sm4Input): Buffer {
  checkLengths(input)
  const cipher = createCipheriv('sm4-ctr', input.key, input.counter)
  return Buffer.concat([cipher.update(input.data), cipher.final()])
}

export function sm4Decrypt(input: Sm4Input): Buffer {
  checkLengths(input)
  const decipher = createDecipheriv('sm4-ctr', input.key, input.counter)
  return Buffer.concat([decipher.update(input.data), decipher.final()])
}

function checkLengths({ key, counter }: Sm4Input): void {
  invariant(key.length === 16 && counter.length === 16, 'SM4 has a key and a counter of 16 bytes')
}
