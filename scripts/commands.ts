import { resolve } from 'node:path'
import { processEnvironment, readConfig } from '#kernel/config.ts'
import { preflight } from '#kernel/process/preflight.ts'
import { knownMigrations } from '#migrations/migrate.ts'
import { check } from './check.ts'
import { migrate, resetDatabase } from './database.ts'
import { SetupError } from './services/say.ts'
import { start } from './start/start.ts'
import { entries, nodeCommand } from './start/processes.ts'
import { runTests } from './test.ts'

/** Becomes the other program: same process, so signals and exit codes need no one in between. */
function become(command: readonly string[]): never {
  const [program = ''] = command
  const environment = Object.fromEntries(
    Object.entries(processEnvironment).filter((entry) => entry[1] !== undefined),
  ) as Record<string, string>
  if (!process.execve) throw new SetupError('This system cannot replace a process (execve).')
  return process.execve(program, [...command], environment)
}

async function alone(name: 'api' | 'gateway' | 'worker'): Promise<never> {
  await preflight(readConfig(), await knownMigrations())
  return become(nodeCommand(entries[name]))
}

const commands: Record<string, (args: readonly string[]) => Promise<number>> = {
  start,
  test: (args) => runTests('all', args),
  'test:quick': (args) => runTests('quick', args),
  check,
  migrate,
  'db:reset': resetDatabase,
  bench: (args) => Promise.resolve(become(nodeCommand('bench/main.ts', args))),
  faults: (args) => Promise.resolve(become(nodeCommand('tests/faults/main.ts', args))),
  api: () => alone('api'),
  gateway: () => alone('gateway'),
  worker: () => alone('worker'),
}

/** Runs a command of package.json and ends this process with its exit code. */
export async function runCommand(name: string | undefined, args: readonly string[]): Promise<void> {
  const command = commands[name ?? '']
  if (!command)
    throw new SetupError(
      `Unknown command ${name ?? '(none)'} in ${resolve('.')}. There are: ${Object.keys(commands).join(', ')}.`,
    )
  process.exit(await command(args))
}
