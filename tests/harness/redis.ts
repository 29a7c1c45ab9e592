import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { redisOptions, type RedisConnectionOptions } from '#kernel/config.ts'
import { exited } from '#kernel/process/spawn.ts'
import { findRedisBinary } from '#scripts/services/redis-binary.ts'
import { startRedis, type RedisServer } from '#scripts/services/redis.ts'
import { sayNothing } from '#scripts/services/say.ts'

export type TestRedis = Readonly<{
  /** As REDIS_URL wants it. */
  url: string
  /** As ioredis and BullMQ want it. */
  options: RedisConnectionOptions
  client: Redis
}>

async function takeDatabase(): Promise<string> {
  const services = inject('services')
  const counter = new Redis({ ...redisOptions(services), maxRetriesPerRequest: null })
  try {
    const taken = await counter.incr('databases-taken')
    return `${services.redisUrl}&db=${(taken % (services.redisDatabases - 1)) + 1}`
  } finally {
    counter.disconnect()
  }
}

/**
 * A private numbered database of the run's Redis (append-only, synced always, no eviction) for the file it is called
 * in, emptied before each test, or with `'file'` once: a gateway that lives through the file takes an emptied Redis
 * for a loss. Call it outside of tests and read its fields inside.
 */
export function useRedis(emptied: 'test' | 'file' = 'test'): TestRedis {
  let open: TestRedis | undefined
  beforeAll(async () => {
    const url = await takeDatabase()
    const options = redisOptions({ redisUrl: url })
    open = { url, options, client: new Redis({ ...options, maxRetriesPerRequest: null }) }
    await open.client.flushdb()
  })
  beforeEach(async () => {
    if (emptied === 'test') await open?.client.flushdb()
  })
  afterAll(() => {
    open?.client.disconnect()
  })
  const get = (): TestRedis => {
    if (!open) throw new Error('useRedis(): read its fields inside a test or a hook')
    return open
  }
  return {
    get url() {
      return get().url
    },
    get options() {
      return get().options
    },
    get client() {
      return get().client
    },
  }
}

export type TestRedisServer = Readonly<{
  url: string
  options: RedisConnectionOptions
  /** Ends the server as a power cut would. */
  kill: () => Promise<void>
  /** Starts it again on what its append-only file kept. */
  restart: () => Promise<void>
  /** Deletes everything it kept, once it is killed, as a lost disk would. */
  wipe: () => void
  /** Stops its process where it stands, and lets it go on. */
  pause: () => void
  resume: () => void
}>

/** A Redis server of one's own, for tests that kill it. Call it outside of tests, read its fields inside. */
export function useRedisServer(): TestRedisServer {
  let server: RedisServer | undefined
  let folder: string | undefined
  const start = async (): Promise<void> => {
    const services = inject('services')
    folder ??= mkdtempSync(join(services.runFolder, 'r-'))
    server = await startRedis({
      dataFolder: folder,
      socketFolder: folder,
      password: 'of-this-test-only',
      binary: await findRedisBinary(services.toolsFolder, sayNothing),
    })
  }
  beforeAll(start)
  afterAll(async () => {
    await server?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })
  const get = (): RedisServer => {
    if (!server) throw new Error('useRedisServer(): read its fields inside a test or a hook')
    return server
  }
  return {
    get url() {
      return get().url()
    },
    get options() {
      return redisOptions({ redisUrl: get().url() })
    },
    kill: async () => {
      get().child.kill('SIGKILL')
      await exited(get().child)
    },
    restart: start,
    wipe: () => rmSync(join(folder ?? '', 'redis'), { recursive: true }),
    pause: () => get().child.kill('SIGSTOP'),
    resume: () => get().child.kill('SIGCONT'),
  }
}
