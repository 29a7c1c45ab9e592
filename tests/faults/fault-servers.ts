import { spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { redisOptions } from '#kernel/config.ts'
import { exited } from '#kernel/process/spawn.ts'
import { lifeOf } from '#scripts/services/leftover.ts'
import type { Postgres } from '#scripts/services/postgres.ts'
import { openPrivateFolder } from '#scripts/services/private-services.ts'
import type { RedisServer } from '#scripts/services/redis.ts'
import { sayNothing } from '#scripts/services/say.ts'
import { runSql } from '#tests/harness/run-sql.ts'
import { withDatabase } from '#tests/harness/services.ts'
import { cloneTemplate, makeTemplate, type OpenTestDatabase } from '#tests/harness/template.ts'
import { until } from './until.ts'

/** A server that may be killed, started again on what it kept, and stopped where it stands. */
export type KillableServer = Readonly<{
  kill: () => Promise<void>
  start: () => Promise<void>
  pause: () => void
  resume: () => void
}>

export type FaultServers = Readonly<{
  redis: KillableServer &
    Readonly<{
      url: () => string
      options: () => ReturnType<typeof redisOptions>
      /** Deletes everything it kept, once it is killed, as a lost disk would. */
      wipe: () => void
      /** Lets its file grow by so many bytes and no further; resolves when it has ended of it. */
      fillDisk: (roomBytes: number) => Promise<void>
    }>
  postgres: KillableServer
  /** A fresh migrated database in this PostgreSQL. */
  openDatabase: () => Promise<OpenTestDatabase>
  close: () => Promise<void>
}>

/** PostgreSQL and Redis of one's own, set up as in production, to be killed. */
export async function openFaultServers({
  onDisk,
}: Readonly<{ onDisk: boolean }>): Promise<FaultServers> {
  const folder = openPrivateFolder({ durable: true, onDisk, say: sayNothing })
  const redisFolder = join(folder.runFolder, 'redis')
  let redis: RedisServer = await folder.startRedis()
  let postgres: Postgres = await folder.startPostgres()
  await makeTemplate(postgres)
  return {
    redis: {
      url: () => redis.url(),
      options: () => redisOptions({ redisUrl: redis.url() }),
      kill: () => killed([redis.child]),
      start: async () => {
        redis = await folder.startRedis()
      },
      pause: () => redis.child.kill('SIGSTOP'),
      resume: () => redis.child.kill('SIGCONT'),
      wipe: () => rmSync(redisFolder, { recursive: true }),
      fillDisk: async (roomBytes) => {
        limitFiles(redis.child, sizeOfAppendOnlyFile(redisFolder) + roomBytes)
        await until('Redis ends of its full disk', () => hasEnded(redis.child))
      },
    },
    postgres: {
      kill: () => killed([postgres.child], sessionsOf(postgres.child)),
      start: async () => {
        postgres = await folder.startPostgres()
      },
      pause: () => signalAll(postgres.child, 'SIGSTOP'),
      resume: () => signalAll(postgres.child, 'SIGCONT'),
    },
    openDatabase: () =>
      cloneTemplate({
        appUrl: withDatabase(postgres.url('app'), 'postgres'),
        ownerUrl: withDatabase(postgres.url('owner'), 'postgres'),
        asSuperuser: (sql) => runSql(postgres.url('postgres', 'postgres'), sql),
      }),
    close: async () => {
      await Promise.all([redis.stop(), postgres.stop()])
      folder.remove()
    },
  }
}

async function killed(
  children: readonly ChildProcess[],
  sessions: readonly number[] = [],
): Promise<void> {
  for (const child of children) child.kill('SIGKILL')
  for (const pid of sessions) sendSignal(pid, 'SIGKILL')
  await Promise.all(children.map(exited))
  await until('its processes are gone', () => sessions.every((pid) => lifeOf(pid) === undefined))
}

/** PostgreSQL's processes each lead a group of their own: a signal to the first does not reach the others. */
function signalAll(child: ChildProcess, signal: 'SIGSTOP' | 'SIGCONT'): void {
  child.kill(signal)
  for (const pid of sessionsOf(child)) sendSignal(pid, signal)
}

function sessionsOf(child: ChildProcess): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The name in brackets may hold anything; what follows it does not.
      const facts = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? ''
      if (Number(facts.split(' ')[1]) === child.pid) found.push(Number(name))
    } catch {
      // It ended between being listed and being read.
    }
  }
  return found
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/**
 * A limit on the size of files acts like a full disk: the last write is cut short, the next fails. It needs
 * no mount and no rights: whoever runs the process may lower its own soft limit.
 */
function limitFiles(child: ChildProcess, bytes: number): void {
  const set = spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`])
  if (set.status !== 0 && !hasEnded(child)) throw new Error(`prlimit: ${set.stderr.toString()}`)
}

function sizeOfAppendOnlyFile(redisFolder: string): number {
  const folder = join(redisFolder, 'appendonlydir')
  const sizes = readdirSync(folder)
    .filter((name) => name.endsWith('.incr.aof'))
    .map((name) => statSync(join(folder, name)).size)
  return Math.max(...sizes)
}
