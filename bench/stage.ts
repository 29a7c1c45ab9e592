import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, openDatabase } from '#kernel/database.ts'
import { migrateToLatest } from '#migrations/migrate.ts'
import { DATABASE_NAME } from '#scripts/services/postgres.ts'
import { type PrivateServices, startPrivateServices } from '#scripts/services/private-services.ts'
import { sayNothing } from '#scripts/services/say.ts'
import type { BenchOptions } from './options.ts'

/** Real servers for one benchmark, as durable as in production, gone with it. */
export type Stage = Readonly<{
  database: Readonly<{ db: Database; ownerDb: Database; url: string; ownerUrl: string }>
  redisUrl: string
  keyFolder: string
  folder: string
  options: BenchOptions
  /** The servers' process ids, to tell what they cost. */
  servers: Readonly<{ postgres: number; redis: number }>
  close: () => Promise<void>
}>

export async function setStage(options: BenchOptions): Promise<Stage> {
  const services: PrivateServices = await startPrivateServices({ durable: true, say: sayNothing })
  const url = services.postgres.url('app', DATABASE_NAME)
  const ownerUrl = services.postgres.url('owner', DATABASE_NAME)
  await migrateToLatest(ownerUrl)
  const db = openDatabase({ connectionString: url, poolSize: 6 })
  const ownerDb = openDatabase({ connectionString: ownerUrl, poolSize: 2 })
  const keyFolder = join(services.runFolder, 'bench-keys')
  mkdirSync(keyFolder, { mode: 0o700 })
  return {
    database: { db, ownerDb, url, ownerUrl },
    redisUrl: services.redis.url(),
    keyFolder,
    folder: services.runFolder,
    options,
    servers: {
      postgres: services.postgres.child.pid ?? 0,
      redis: services.redis.child.pid ?? 0,
    },
    close: async () => {
      await Promise.all([db.destroy(), ownerDb.destroy()])
      await services.stop()
    },
  }
}
