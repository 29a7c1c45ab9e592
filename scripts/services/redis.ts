import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { dyingWithParent, endChild, spawnCommand } from '#kernel/process/spawn.ts'
import { endLeftover } from './leftover.ts'
import type { RedisBinary } from './redis-binary.ts'
import { SetupError } from './say.ts'

export type RedisOptions = Readonly<{
  dataFolder: string
  socketFolder: string
  password: string
  binary: RedisBinary
  /** How many numbered databases it has; tests use one per file. */
  databases?: number
}>

export type RedisServer = Readonly<{
  child: ChildProcess
  path: string
  /** The address as REDIS_URL wants it. */
  url: (database?: number) => string
  stop: () => Promise<void>
}>

const READY_WITHIN_MS = 120_000
const READY_CHECK_MS = 20

function quoted(value: string): string {
  return JSON.stringify(value)
}

/** An event is durable when it is in the append-only file and synced: nothing here may be loosened. */
function configuration(options: RedisOptions, paths: { folder: string; socket: string }): string {
  return [
    'port 0',
    `unixsocket ${quoted(paths.socket)}`,
    'unixsocketperm 700',
    `requirepass ${quoted(options.password)}`,
    `dir ${quoted(paths.folder)}`,
    `pidfile ${quoted(join(paths.folder, 'redis.pid'))}`,
    `databases ${options.databases ?? 16}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n')
}

async function untilReady(
  child: ChildProcess,
  options: { path: string; password: string; logFile: string },
) {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const client = new Redis({
      path: options.path,
      password: options.password,
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.ping()
      return
    } catch (error) {
      const gone = child.exitCode !== null || child.signalCode !== null
      if (gone || performance.now() > deadline)
        throw new SetupError(
          `Redis did not come up (${gone ? 'it ended' : String(error)}). Its log ${options.logFile} ends with:\n` +
            readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n'),
        )
    } finally {
      client.disconnect()
    }
    await pause(READY_CHECK_MS)
  }
}

/** Starts Redis in `dataFolder/redis`. Errors: SetupError. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const folder = join(options.dataFolder, 'redis')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await endLeftover(join(folder, 'redis.pid'), options.binary.path)
  const path = join(options.socketFolder, 'redis.sock')
  rmSync(path, { force: true })
  const configurationFile = join(folder, 'redis.conf')
  writeFileSync(configurationFile, configuration(options, { folder, socket: path }), {
    mode: 0o600,
  })
  const logFile = join(options.dataFolder, 'redis.log')
  const log = openSync(logFile, 'w', 0o600)
  const child = spawnCommand(dyingWithParent([options.binary.path, configurationFile], 'SIGTERM'), {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.binary.env },
  })
  child.on('error', () => {})
  closeSync(log)
  const stop = () => endChild(child, { signal: 'SIGTERM', patienceMs: 20_000 })
  try {
    await untilReady(child, { path, password: options.password, logFile })
  } catch (error) {
    await stop()
    throw error
  }
  const url = (database = 0): string =>
    `unix://${path.split('/').map(encodeURIComponent).join('/')}?password=${encodeURIComponent(options.password)}${database === 0 ? '' : `&db=${database}`}`
  return { child, path, url, stop }
}
