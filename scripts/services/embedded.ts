import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres, type Postgres } from './postgres.ts'
import { findRedisBinary } from './redis-binary.ts'
import { startRedis, type RedisServer } from './redis.ts'
import type { Say } from './say.ts'
import { openSecrets, type Secrets } from './secrets.ts'
import { openSocketFolder } from './socket-folder.ts'

export type EmbeddedOptions = Readonly<{
  dataFolder: string
  /** Where fetched programs are kept; shared by installations and test runs. */
  toolsFolder: string
  durable: boolean
  redisDatabases?: number
  say: Say
}>

export type EmbeddedServices = Readonly<{
  secrets: Secrets
  socketFolder: string
  /** Each starts its server again after it died. */
  startPostgres: () => Promise<Postgres>
  startRedis: () => Promise<RedisServer>
  closeSocketFolder: () => void
}>

/** Prepares a data folder for embedded servers; the caller starts those it wants. */
export function openEmbedded(options: EmbeddedOptions): EmbeddedServices {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 })
  const secrets = openSecrets(options.dataFolder)
  const sockets = openSocketFolder(options.dataFolder)
  const { dataFolder, durable, redisDatabases } = options
  return {
    secrets,
    socketFolder: sockets.path,
    closeSocketFolder: sockets.remove,
    startPostgres: () =>
      startPostgres({ dataFolder, socketFolder: sockets.path, secrets, durable }),
    startRedis: async () =>
      startRedis({
        dataFolder,
        socketFolder: sockets.path,
        password: secrets.redisPassword,
        binary: await findRedisBinary(options.toolsFolder, options.say),
        ...(redisDatabases === undefined ? {} : { databases: redisDatabases }),
      }),
  }
}

/** Fetched programs (Redis, Chromium) of this checkout. */
export function toolsFolderOf(dataFolder: string): string {
  return join(dataFolder, 'tools')
}
