import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { processEnvironment } from '#kernel/config.ts'
import { dyingWithParent, exited, spawnCommand } from '#kernel/process/spawn.ts'

const WAIT_MS = 60_000

export type Launched = Readonly<{
  child: ChildProcess
  /** Everything it printed so far. */
  output: () => string
  /** Resolves when what it printed, from the last wait on, matches. */
  says: (pattern: RegExp) => Promise<void>
  end: (signal: NodeJS.Signals) => Promise<number | null>
}>

/** Runs a command of package.json as a person would, with this environment on top of a plain one. */
export function launch(command: string, environment: Record<string, string>): Launched {
  const { PATH = '', HOME = '' } = processEnvironment
  const child = spawnCommand(
    dyingWithParent([process.execPath, resolve('scripts/launch.js'), command], 'SIGTERM'),
    { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  let read = 0
  let heard = (): void => {}
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    heard()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolveWait, reject) => {
      const fail = (): void => reject(new Error(`waited for ${pattern}; it said:\n${output}`))
      const timer = setTimeout(fail, WAIT_MS)
      child.once('close', fail)
      heard = () => {
        const match = pattern.exec(output.slice(read))
        if (!match) return
        read += match.index + match[0].length
        clearTimeout(timer)
        child.off('close', fail)
        resolveWait()
      }
      heard()
    })
  return {
    child,
    output: () => output,
    says,
    end: async (signal) => {
      child.kill(signal)
      await exited(child)
      return child.exitCode
    },
  }
}

export type FoundProcess = Readonly<{ pid: number; command: string }>

/**
 * The living processes whose environment or command names this data folder: whatever a launcher of it has started.
 * (Redis writes its title over its environment.)
 */
export function processesOf(dataFolder: string): FoundProcess[] {
  const found: FoundProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const own = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0')
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const isOf = own.includes(`DATA_DIR=${dataFolder}`) || command.includes(`${dataFolder}/`)
      if (isOf && command !== '') found.push({ pid: Number(name), command })
    } catch {
      // It ended between being listed and being read, or belongs to somebody else.
    }
  }
  return found
}
