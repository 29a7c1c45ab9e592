import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { invariant, refuseValue } from '#kernel/errors.ts'

const deriveKey = promisify(argon2)

/** OWASP's first choice for argon2id: 19 MiB, two passes. 35–40 ms on two small cores. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const lengthMin = 12
const lengthMax = 128
/** A shorter name stands in many a good password. */
const nameTellingFrom = 4

/** Errors: VALIDATION_FAILED when the password is too short or too long, or says the e-mail address. */
export function checkNewPassword(password: string, email: string): void {
  if (password.length < lengthMin) refuseValue('password', `at_least_${lengthMin}_characters`)
  if (password.length > lengthMax) refuseValue('password', `at_most_${lengthMax}_characters`)
  const name = email.split('@')[0]?.toLowerCase() ?? ''
  if (name.length >= nameTellingFrom && password.toLowerCase().includes(name))
    refuseValue('password', 'contains_the_email_address')
}

/** In the PHC form, so that the cost may change while old passwords stay verifiable. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await deriveKey('argon2id', {
    ...cost,
    message: password.normalize('NFKC'),
    nonce: salt,
  })
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(key)}`
}

export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const read = form.exec(hash)
  invariant(
    read?.[4] !== undefined && read[5] !== undefined,
    'a stored password is an argon2id hash',
  )
  const expected = Buffer.from(read[5], 'base64')
  const key = await deriveKey('argon2id', {
    message: password.normalize('NFKC'),
    nonce: Buffer.from(read[4], 'base64'),
    memory: Number(read[1]),
    passes: Number(read[2]),
    parallelism: Number(read[3]),
    tagLength: expected.length,
  })
  return timingSafeEqual(expected, key)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
