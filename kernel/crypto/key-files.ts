import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { invariant } from '#kernel/errors.ts'

/**
 * Keys on disk, one file each, readable by their owner only. `<purpose>.current.json` is the key in
 * use, `<purpose>.<key id>.json` one that was replaced: of a signing key the public half, of a
 * secret the secret itself, which old digests and boxes still need.
 */
export const keyFile = z.strictObject({
  keyId: z.string(),
  purpose: z.string(),
  algorithm: z.string(),
  madeAt: z.string(),
  publicKey: z.string().optional(),
  /** Base64url: PKCS #8 of a signing key, the raw bytes of a secret. */
  secret: z.string().optional(),
})
export type KeyFile = z.infer<typeof keyFile>

/**
 * The key in use, made if there is none. Several processes may do this at once: a finished file is
 * linked to its name, which only one of them can do, and all use what is there afterwards.
 */
export function currentKeyFile(keyDir: string, purpose: string, make: () => KeyFile): KeyFile {
  mkdirSync(keyDir, { recursive: true, mode: 0o700 })
  const path = join(keyDir, `${purpose}.current.json`)
  if (!exists(path)) linkOnce(writeTemporary(keyDir, make()), path)
  return readKeyFile(path)
}

/** Keeps what must stay of the old key first, then puts the new one in its place in one step. */
export function replaceKeyFile(keyDir: string, kept: KeyFile, next: KeyFile): void {
  renameSync(writeTemporary(keyDir, kept), join(keyDir, `${kept.purpose}.${kept.keyId}.json`))
  renameSync(writeTemporary(keyDir, next), join(keyDir, `${next.purpose}.current.json`))
}

/** Keys of a purpose that were replaced, oldest first. */
export function replacedKeyFiles(keyDir: string, purpose: string): KeyFile[] {
  return readdirSync(keyDir)
    .filter((name) => name.startsWith(`${purpose}.`) && name.endsWith('.json'))
    .filter((name) => name !== `${purpose}.current.json`)
    .map((name) => readKeyFile(join(keyDir, name)))
    .sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1))
}

function readKeyFile(path: string): KeyFile {
  invariant((statSync(path).mode & 0o077) === 0, `${path} can be read by others: chmod 600 it`)
  return keyFile.parse(JSON.parse(readFileSync(path, 'utf8')))
}

function writeTemporary(keyDir: string, content: KeyFile): string {
  const path = join(keyDir, `.${content.purpose}.${randomBytes(8).toString('hex')}.tmp`)
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, JSON.stringify(content))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return path
}

function linkOnce(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(temporary)
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
