import { spawnSync, type ChildProcess } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { endChild, findUnprivilegedWay, spawnCommand, unprivileged } from '#kernel/process/spawn.ts'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import { endLeftover } from './leftover.ts'
import { SetupError } from './say.ts'
import type { Secrets } from './secrets.ts'

export const DATABASE_NAME = 'platform'

export type LoginRole = 'postgres' | 'owner' | 'app' | 'simulator'

export type PostgresOptions = Readonly<{
  dataFolder: string
  socketFolder: string
  secrets: Secrets
  /** False only for throw-away clusters of tests: a crash of the machine may lose everything. */
  durable: boolean
}>

export type Postgres = Readonly<{
  child: ChildProcess
  /** A connection address for a login role and database of this cluster. */
  url: (role: LoginRole, database?: string) => string
  stop: () => Promise<void>
}>

type Server = PostgresOptions & Readonly<{ binaries: PostgresBinaries; cluster: string }>

const READY_WITHIN_MS = 120_000
const READY_CHECK_MS = 20

function giveTo(owner: number, path: string): void {
  if (lstatSync(path).uid === owner) return
  chownSync(path, owner, owner)
  if (statSync(path).isDirectory())
    for (const name of readdirSync(path)) giveTo(owner, join(path, name))
}

/** PostgreSQL insists that its data folder belongs to who runs it; who that is may differ from start to start. */
function giveToServer(path: string): void {
  const owner = findUnprivilegedWay()?.owner
  if (owner !== undefined) giveTo(owner, path)
}

function initialize(server: Server): void {
  const fresh = `${server.cluster}.new`
  const passwordFile = join(server.dataFolder, 'postgres-password')
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  writeFileSync(passwordFile, server.secrets.superuserPassword, { mode: 0o600 })
  giveToServer(fresh)
  giveToServer(passwordFile)
  const command = unprivileged(
    [
      ...[server.binaries.initdb, '-D', fresh, '-U', 'postgres', '-A', 'scram-sha-256'],
      ...['--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-instructions'],
      ...(server.durable ? [] : ['--no-sync']),
    ],
    'SIGTERM',
  )
  const made = spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' })
  rmSync(passwordFile, { force: true })
  if (made.status !== 0)
    throw new SetupError(
      `PostgreSQL could not create its data folder ${server.cluster}:\n${made.stderr || made.stdout || String(made.error)}\n` +
        'Check that the disk has 100 MB free and that you may write there, or set DATABASE_URL to a PostgreSQL 18 of your own.',
    )
  renameSync(fresh, server.cluster)
}

function settings(server: Server): string[] {
  const values = {
    listen_addresses: '',
    unix_socket_directories: `"${server.socketFolder}"`,
    unix_socket_permissions: '0700',
    max_connections: '200',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(server.durable
      ? {}
      : {
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
          max_wal_size: '512MB',
        }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** The last lines of the server's log, for an error message. */
function lastLog(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n')
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      return
    } catch (error) {
      const gone = child.exitCode !== null || child.signalCode !== null
      if (gone || performance.now() > deadline)
        throw new SetupError(
          `PostgreSQL did not come up (${gone ? 'it ended' : String(error)}). Its log ${logFile} ends with:\n${lastLog(logFile)}`,
        )
    } finally {
      await client.end().catch(() => {})
    }
    await pause(READY_CHECK_MS)
  }
}

/**
 * The roles: `owner` owns the database and runs migrations, `app` is what every process signs in as and owns nothing;
 * what it may do is granted to the group `platform_app` by the migrations.
 */
async function ensureRoles(superuserUrl: string, secrets: Secrets): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles')
    const present = new Set(rows.map((row) => row.rolname))
    if (!present.has('platform_app')) await client.query('create role platform_app nologin')
    for (const [role, rights] of [
      ['owner', 'createrole'],
      ['app', 'nocreaterole in role platform_app'],
    ] as const)
      if (!present.has(role)) await client.query(`create role ${role} login ${rights}`)
    for (const [role, password] of [
      ['owner', secrets.ownerPassword],
      ['app', secrets.appPassword],
    ] as const)
      await client.query(`alter role ${role} password ${client.escapeLiteral(password)}`)
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE_NAME,
    ])
    if (rowCount === 0) await client.query(`create database ${DATABASE_NAME} owner owner`)
  } finally {
    await client.end()
  }
}

/** Starts PostgreSQL 18 in `dataFolder/postgres`, creating it when absent. Errors: SetupError. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  if (!findUnprivilegedWay())
    throw new SetupError(
      'PostgreSQL refuses to run as root, and this system lets root neither open a user namespace (unshare) nor ' +
        'switch to another user (setpriv). Run the command as an ordinary user, or set DATABASE_URL and ' +
        'DATABASE_OWNER_URL to a PostgreSQL 18 of your own.',
    )
  const cluster = join(options.dataFolder, 'postgres')
  const server: Server = { ...options, cluster, binaries: findPostgresBinaries() }
  if (existsSync(cluster)) {
    await endLeftover(join(cluster, 'postmaster.pid'), cluster)
    giveToServer(cluster)
  } else initialize(server)
  giveToServer(options.socketFolder)

  const logFile = join(options.dataFolder, 'postgres.log')
  const log = openSync(logFile, 'w', 0o600)
  const child = spawnCommand(
    // SIGINT is PostgreSQL's fast shutdown: sessions are ended, the data is left clean.
    unprivileged([server.binaries.postgres, '-D', cluster, ...settings(server)], 'SIGINT'),
    { stdio: ['ignore', log, log] },
  )
  child.on('error', () => {})
  closeSync(log)
  const passwords: Record<LoginRole, string> = {
    postgres: options.secrets.superuserPassword,
    owner: options.secrets.ownerPassword,
    app: options.secrets.appPassword,
    simulator: options.secrets.simulatorPassword,
  }
  const url = (role: LoginRole, database: string = DATABASE_NAME): string => {
    return `postgres://${role}:${passwords[role]}@/${database}?host=${encodeURIComponent(options.socketFolder)}`
  }
  const stop = () => endChild(child, { signal: 'SIGINT', patienceMs: 20_000 })
  try {
    await untilReady(child, url('postgres', 'postgres'), logFile)
    await ensureRoles(url('postgres', 'postgres'), options.secrets)
  } catch (error) {
    await stop()
    throw error
  }
  return { child, url, stop }
}
