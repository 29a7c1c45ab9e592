import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** Above this, PostgreSQL, Redis and Node all refuse a unix socket (sun_path, less its closing zero). */
const SOCKET_PATH_BYTES_MAX = 107
const LONGEST_NAME = '.s.PGSQL.5432'
const TEMPORARY_PREFIX = 'xn-run-'

export type SocketFolder = Readonly<{ path: string; remove: () => void }>

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, LONGEST_NAME)) <= SOCKET_PATH_BYTES_MAX
}

function removeTemporary(folder: string): void {
  // The note is a file of the data folder; only a name we could have made ourselves is ever removed.
  if (basename(folder).startsWith(TEMPORARY_PREFIX))
    rmSync(folder, { recursive: true, force: true })
}

/**
 * The folder for sockets: `run` in the data folder, or, where that path is too long, a private temporary folder whose
 * name is noted in the data folder. A temporary folder left by a killed launcher is removed.
 */
export function openSocketFolder(dataFolder: string): SocketFolder {
  const note = join(dataFolder, 'run-folder')
  try {
    removeTemporary(readFileSync(note, 'utf8').trim())
    rmSync(note)
  } catch {
    // No note: nothing was left behind.
  }
  const usual = join(dataFolder, 'run')
  if (fits(usual)) {
    mkdirSync(usual, { recursive: true, mode: 0o700 })
    return { path: usual, remove: () => {} }
  }
  const base = fits(join(tmpdir(), `${TEMPORARY_PREFIX}123456`)) ? tmpdir() : '/tmp'
  const path = mkdtempSync(join(base, TEMPORARY_PREFIX))
  writeFileSync(note, `${path}\n`, { mode: 0o600 })
  return {
    path,
    remove: () => {
      removeTemporary(path)
      rmSync(note, { force: true })
    },
  }
}
