import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { processEnvironment, readLauncherSettings, readOwnerUrl } from '#kernel/config.ts'
import { knownMigrations, migrateToLatest } from '#migrations/migrate.ts'
import { takeDataFolder } from './services/data-folder.ts'
import { openEmbedded, toolsFolderOf } from './services/embedded.ts'
import { endLeftover } from './services/leftover.ts'
import { say, SetupError } from './services/say.ts'
import { removeStoredData } from './start/demo.ts'

async function migrateAt(ownerUrl: string): Promise<void> {
  const ran = await migrateToLatest(ownerUrl, (name) => say(`ran ${name}`))
  if (ran.length === 0)
    say(`Nothing to do: all ${(await knownMigrations()).length} migrations have run`)
}

/** `npm run migrate`: brings the database of DATABASE_OWNER_URL, else the embedded one, to this version. */
export async function migrate(): Promise<number> {
  const settings = readLauncherSettings()
  if (processEnvironment['DATABASE_OWNER_URL'] || settings.databaseUrl !== undefined) {
    await migrateAt(readOwnerUrl())
    return 0
  }
  const folder = await takeDataFolder(settings.dataFolder)
  try {
    const embedded = openEmbedded({
      dataFolder: folder.path,
      toolsFolder: toolsFolderOf(folder.path),
      durable: true,
      say,
    })
    const postgres = await embedded.startPostgres()
    try {
      await migrateAt(postgres.url('owner'))
    } finally {
      await postgres.stop()
      embedded.closeSocketFolder()
    }
  } finally {
    folder.release()
  }
  return 0
}

/** `npm run db:reset`: throws away what the embedded services stored; the next start begins with an empty folder. */
export async function resetDatabase(): Promise<number> {
  const settings = readLauncherSettings()
  if (settings.databaseUrl !== undefined || settings.redisUrl !== undefined)
    throw new SetupError(
      'db:reset empties embedded services only, and DATABASE_URL or REDIS_URL is set. Nothing was changed.',
    )
  if (!existsSync(settings.dataFolder)) {
    say(`Nothing to do: there is no data in ${settings.dataFolder}`)
    return 0
  }
  const folder = await takeDataFolder(settings.dataFolder)
  try {
    const cluster = join(folder.path, 'postgres')
    await endLeftover(join(cluster, 'postmaster.pid'), cluster)
    removeStoredData(folder.path)
    say(`Emptied ${folder.path}`)
  } finally {
    folder.release()
  }
  return 0
}
