import { once } from 'node:events'
import { resolve } from 'node:path'
import { processEnvironment } from '#kernel/config.ts'
import { dyingWithParent, endChild, spawnCommand } from '#kernel/process/spawn.ts'

export type Child = Readonly<{ pid: number; said: string; end: () => Promise<void> }>

type ChildOptions = Readonly<{
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>
  /** Where the child leaves a processor profile when it ends. */
  profileFolder?: string | undefined
  /** Resolves once its first words contain this. */
  until?: string
}>

const loader = ['--import', resolve('scripts/tsx-loader.mjs')]

/** Starts an entry of ours in a process of its own and waits for its first words. */
export async function startChild(
  entry: string,
  args: readonly string[],
  { env = {}, profileFolder, until = '\n' }: ChildOptions = {},
): Promise<Child> {
  const profile =
    profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profileFolder)}`]
  const child = spawnCommand(
    dyingWithParent([process.execPath, ...loader, ...profile, resolve(entry), ...args], 'SIGTERM'),
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...processEnvironment, ...env } },
  )
  if (!child.stdout || child.pid === undefined) throw new Error(`${entry} did not start`)
  let said = ''
  while (!said.includes(until)) said += String(await once(child.stdout, 'data'))
  child.stdout.resume()
  return {
    pid: child.pid,
    said: said.trim(),
    end: () => endChild(child, { signal: 'SIGTERM', patienceMs: 15_000 }),
  }
}
