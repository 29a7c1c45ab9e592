import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { dyingWithParent, endChild, exited, spawnCommand } from '#kernel/process/spawn.ts'
import type { DataFolder } from '#scripts/services/data-folder.ts'
import { choosePort } from '#scripts/services/ports.ts'
import { SetupError, seconds, type Say } from '#scripts/services/say.ts'
import { nodeCommand } from './processes.ts'

const DEFAULT_SIMULATOR_PORT = 8090
const LAST_LINES = 15

/** What is noted about the demo city of a data folder. Its simulator keeps its port: connectors name it. */
export type DemoState = Readonly<{ state: 'seeding' | 'done'; simulatorPort: number }>

function stateFile(dataFolder: string): string {
  return join(dataFolder, 'demo-state.json')
}

export function readDemoState(dataFolder: string): DemoState | undefined {
  const file = stateFile(dataFolder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoState) : undefined
}

function writeDemoState(dataFolder: string, state: DemoState): void {
  const file = stateFile(dataFolder)
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Everything an embedded installation stores; fetched programs and logs stay. */
export function removeStoredData(dataFolder: string): void {
  for (const name of ['postgres', 'postgres.new', 'redis', 'keys', 'demo.json', 'demo-state.json'])
    rmSync(join(dataFolder, name), { recursive: true, force: true })
}

/** Notes that a city is being built and promises its simulator a port. */
export async function beginDemo(
  dataFolder: string,
  without: readonly number[],
): Promise<DemoState> {
  const simulatorPort = await choosePort({
    name: 'SIMULATOR_PORT',
    host: '127.0.0.1',
    wanted: undefined,
    usual: DEFAULT_SIMULATOR_PORT,
    without,
  })
  const state: DemoState = { state: 'seeding', simulatorPort }
  writeDemoState(dataFolder, state)
  return state
}

export type SeedOptions = Readonly<{
  folder: DataFolder
  environment: NodeJS.ProcessEnv
  demo: DemoState
  onProgress: Say
  /** Is given the means to end the seed early. */
  onStarted: (stop: () => Promise<void>) => void
}>

/** Runs the seed as a process of its own and forwards its lines. Errors: SetupError. */
export async function seedDemo(options: SeedOptions): Promise<void> {
  const started = performance.now()
  const child = spawnCommand(dyingWithParent(nodeCommand('scripts/seed.ts'), 'SIGTERM'), {
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid !== undefined) options.folder.noteChild(child.pid)
  options.onStarted(() => endChild(child, { signal: 'SIGTERM', patienceMs: 5_000 }))
  const last: string[] = []
  const keep = (line: string): void => {
    last.push(line)
    if (last.length > LAST_LINES) last.shift()
  }
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) => {
      keep(line)
      options.onProgress(line)
    })
  if (child.stderr) createInterface(child.stderr).on('line', keep)
  await exited(child)
  if (child.exitCode !== 0)
    throw new SetupError(
      `The demo city could not be built (${child.signalCode ?? `code ${child.exitCode}`}). It last said:\n${last.join('\n')}\n` +
        'The next start begins afresh; if it fails again, this is a fault of ours.',
    )
  writeDemoState(options.folder.path, { ...options.demo, state: 'done' })
  options.onProgress(`Demo city built in ${seconds(started)}`)
}

type DemoFile = Record<string, unknown> & { url?: string; gatewayUrl?: string; curl?: string }

/** demo.json names the addresses of this start: ports may have moved since the city was built. */
export function refreshDemoFile(
  dataFolder: string,
  now: Readonly<{ url: string; gatewayUrl: string }>,
): DemoFile | undefined {
  const file = join(dataFolder, 'demo.json')
  if (!existsSync(file)) return undefined
  const before = JSON.parse(readFileSync(file, 'utf8')) as DemoFile
  // In one pass: the new address of the one may be the old address of the other.
  const curl = before.curl?.replaceAll(/https?:\/\/[^/\s'"]+/g, (origin) => {
    if (origin === before.url) return now.url
    return origin === before.gatewayUrl ? now.gatewayUrl : origin
  })
  const after: DemoFile = { ...before, ...now, ...(curl === undefined ? {} : { curl }) }
  writeFileSync(`${file}.new`, `${JSON.stringify(after, undefined, 2)}\n`, { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
  return after
}
