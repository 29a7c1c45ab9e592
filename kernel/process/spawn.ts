import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { processEnvironment } from '#kernel/config.ts'

/** A signal as `setpriv` writes it. */
export type EndSignal = 'SIGINT' | 'SIGTERM'

/**
 * How a program is started that refuses root (PostgreSQL, Chromium). Files it shall write belong to `owner`;
 * undefined means: to whoever runs us.
 */
export type UnprivilegedWay = Readonly<{
  kind: 'same_user' | 'user_namespace' | 'switched_user'
  owner: number | undefined
}>

const NOBODY = 65534
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
/** Without no_setuid_fixup the capability is lost at the switch and the binaries under /root stay out of reach. */
const SWITCHED = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
]

function runs(command: readonly string[]): boolean {
  const [program, ...args] = command
  return program !== undefined && spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

let canDieWithParent: boolean | undefined
let way: UnprivilegedWay | undefined

/** The command, made to get `signal` from the kernel in the moment its parent is gone (where the system can). */
export function dyingWithParent(command: readonly string[], signal: EndSignal): string[] {
  canDieWithParent ??= runs(['setpriv', '--pdeathsig', 'TERM', 'true'])
  return canDieWithParent
    ? ['setpriv', '--pdeathsig', signal.slice('SIG'.length), ...command]
    : [...command]
}

/** The way an unprivileged program can be started here; undefined when root has none. */
export function findUnprivilegedWay(): UnprivilegedWay | undefined {
  if (way) return way
  if (process.getuid?.() !== 0) way = { kind: 'same_user', owner: undefined }
  else if (runs([...NAMESPACE, 'true'])) way = { kind: 'user_namespace', owner: 0 }
  else if (runs([...SWITCHED, 'true'])) way = { kind: 'switched_user', owner: NOBODY }
  return way
}

/** The command as an ordinary user. Throws where root cannot become one. */
export function unprivileged(command: readonly string[], signal: EndSignal): string[] {
  const found = findUnprivilegedWay()
  if (!found) throw new Error('root can neither open a user namespace nor switch to another user')
  switch (found.kind) {
    case 'same_user':
      return dyingWithParent(command, signal)
    case 'user_namespace':
      // setpriv comes last: entering a namespace forgets the signal.
      return [...NAMESPACE, ...dyingWithParent(command, signal)]
    case 'switched_user': {
      const inner = dyingWithParent(command, signal)
      return inner[0] === 'setpriv' ? [...SWITCHED, ...inner.slice(1)] : [...SWITCHED, ...command]
    }
  }
}

export type SpawnOptions = Readonly<{
  env?: NodeJS.ProcessEnv
  cwd?: string
  stdio?: StdioOptions
}>

/** Starts a command in a session of its own, so that Ctrl-C at the terminal reaches only the launcher. */
export function spawnCommand(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const [program, ...args] = command
  if (program === undefined) throw new Error('nothing to start')
  return spawn(program, args, {
    detached: true,
    cwd: options.cwd,
    env: options.env ?? processEnvironment,
    stdio: options.stdio ?? 'ignore',
  })
}

/** Resolves when the child is gone; at once when it already is. */
export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

/** Asks a child to end by `signal`, and kills it when it has not ended after `patienceMs`. */
export async function endChild(
  child: ChildProcess,
  { signal, patienceMs }: Readonly<{ signal: EndSignal; patienceMs: number }>,
): Promise<void> {
  const gone = exited(child)
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await gone
  clearTimeout(timer)
}

/** The first program of these names on PATH, as an absolute path. */
export function findOnPath(...names: readonly string[]): string | undefined {
  const folders = (processEnvironment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
  for (const name of names)
    for (const folder of folders) {
      const path = join(folder, name)
      if (existsSync(path)) return path
    }
  return undefined
}
