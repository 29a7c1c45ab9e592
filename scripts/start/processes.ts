import type { ChildProcess, StdioOptions } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { dyingWithParent, endChild, spawnCommand } from '#kernel/process/spawn.ts'
import type { DataFolder } from '#scripts/services/data-folder.ts'
import { keepAlive, type KeptAlive, type Running } from '#scripts/services/keep-alive.ts'
import type { Say } from '#scripts/services/say.ts'

export const entries = {
  api: 'api/main.ts',
  gateway: 'api/gateway/main.ts',
  worker: 'jobs/main.ts',
  simulator: 'demo/simulator/main.ts',
} as const

export type ProcessName = keyof typeof entries

const LOG_BYTES_MAX = 20_000_000
const STOP_PATIENCE_MS = 15_000
const LAST_WORDS = 15

/** The command that runs a TypeScript entry of ours, with server-side .tsx. */
export function nodeCommand(entry: string, args: readonly string[] = []): string[] {
  return [process.execPath, '--import', resolve('scripts/tsx-loader.mjs'), resolve(entry), ...args]
}

export function logFileOf(folder: DataFolder, name: string): string {
  return join(folder.path, 'logs', `${name}.log`)
}

/** A log that has grown large makes room once, for the file before. */
function openLog(file: string): number {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

export type ProcessOptions = Readonly<{
  folder: DataFolder
  environment: NodeJS.ProcessEnv
  /** Where its log goes: a file of the data folder, or the launcher's own output. */
  log: 'file' | 'inherit'
  say: Say
}>

export function lastLogLines(file: string, count: number): string {
  return existsSync(file)
    ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
    : '(nothing)'
}

export function asRunning(child: ChildProcess): Running {
  // A command that cannot be started at all is told by `exit` missing: the error becomes the end.
  child.on('error', () => child.emit('exit', 127, null))
  return { child, stop: () => endChild(child, { signal: 'SIGTERM', patienceMs: STOP_PATIENCE_MS }) }
}

/**
 * Starts one process. With a log of its own, what it logs (standard output) goes to that file; what it says to the
 * person at the terminal (standard error: a one-time link, a crash) is shown, and kept out of the file.
 */
function startProcess(name: ProcessName, options: ProcessOptions, words: string[]): Running {
  const log = options.log === 'file' ? openLog(logFileOf(options.folder, name)) : undefined
  const stdio: StdioOptions = log === undefined ? 'inherit' : ['ignore', log, 'pipe']
  const child = spawnCommand(dyingWithParent(nodeCommand(entries[name]), 'SIGTERM'), {
    env: options.environment,
    stdio,
  })
  if (log !== undefined) closeSync(log)
  if (child.stderr)
    createInterface(child.stderr).on('line', (line) => {
      words.push(line)
      words.splice(0, words.length - LAST_WORDS)
      options.say(`${name}: ${line}`)
    })
  if (child.pid !== undefined) options.folder.noteChild(child.pid)
  return asRunning(child)
}

/** Keeps one process of the platform running. */
export function keepProcess(name: ProcessName, options: ProcessOptions): Promise<KeptAlive> {
  const words: string[] = []
  return keepAlive({
    name,
    start: () => Promise.resolve(startProcess(name, options, words)),
    say: options.say,
    lastWords: () => {
      if (options.log === 'inherit') return '(see its lines above)'
      const logged = lastLogLines(logFileOf(options.folder, name), LAST_WORDS)
      return [...words, logged].join('\n')
    },
  })
}
