import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type EmbeddedServices, openEmbedded, toolsFolderOf } from './embedded.ts'
import { lifeOf, processNamespace } from './leftover.ts'
import type { Postgres } from './postgres.ts'
import type { RedisServer } from './redis.ts'
import type { Say } from './say.ts'

export type PrivateServices = Readonly<{
  /** A private temporary folder, removed by `stop`; its name begins with this process's id. */
  runFolder: string
  /** Fetched programs, shared with the checkout's own installation. */
  toolsFolder: string
  postgres: Postgres
  redis: RedisServer
  stop: () => Promise<void>
}>

const MEMORY = '/dev/shm'
const MEMORY_BYTES_MIN = 2n * 1024n ** 3n

/**
 * Where throw-away data goes: memory where there is plenty. Cloning a database makes hundreds of files, which takes five
 * times as long on a disk while anything else on the machine syncs.
 */
function throwAwayFolder(): string {
  try {
    const memory = statfsSync(MEMORY, { bigint: true })
    if (memory.bavail * memory.bsize >= MEMORY_BYTES_MIN) return MEMORY
  } catch {
    // No such folder on this system.
  }
  return tmpdir()
}

/** How the throw-away folders of this process begin; a later run removes them when it is gone. */
export function throwAwayPrefix(): string {
  return `xn-private-${processNamespace()}-${process.pid}-`
}

/** A killed run leaves its folder behind; its servers died with it. */
function removeLeftFolders(base: string): void {
  for (const name of readdirSync(base)) {
    const [, namespace, pid] = /^xn-private-(\d+)-(\d+)-/.exec(name) ?? []
    // A container may share the folder and not our processes: what runs there cannot be told from here.
    if (pid !== undefined && namespace === processNamespace() && lifeOf(Number(pid)) === undefined)
      rmSync(join(base, name), { recursive: true, force: true })
  }
}

export type PrivateServicesOptions = Readonly<{
  durable: boolean
  /** Whether durable servers keep their data on a disk; memory outlives a killed server, not the machine. */
  onDisk?: boolean
  redisDatabases?: number
  say: Say
}>

/** A place for private servers; whoever opens it starts, kills and stops them. */
export type PrivateFolder = EmbeddedServices &
  Readonly<{ runFolder: string; toolsFolder: string; remove: () => void }>

export function openPrivateFolder(options: PrivateServicesOptions): PrivateFolder {
  const base = (options.onDisk ?? options.durable) ? tmpdir() : throwAwayFolder()
  for (const folder of new Set([base, tmpdir()])) removeLeftFolders(folder)
  const runFolder = mkdtempSync(join(base, throwAwayPrefix()))
  const toolsFolder = toolsFolderOf(resolve('.data'))
  const embedded = openEmbedded({ ...options, dataFolder: runFolder, toolsFolder })
  return {
    ...embedded,
    runFolder,
    toolsFolder,
    remove: () => {
      embedded.closeSocketFolder()
      rmSync(runFolder, { recursive: true, force: true })
    },
  }
}

/**
 * PostgreSQL and Redis for this process alone, in a throw-away folder: for test runs and benchmarks. Redis is durable
 * as always; PostgreSQL only when asked, because tests gain by not waiting for the disk.
 */
export async function startPrivateServices(
  options: PrivateServicesOptions,
): Promise<PrivateServices> {
  const folder = openPrivateFolder(options)
  const { runFolder, toolsFolder } = folder
  const [postgres, redis] = await Promise.all([folder.startPostgres(), folder.startRedis()])
  return {
    runFolder,
    toolsFolder,
    postgres,
    redis,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()])
      folder.remove()
    },
  }
}
