import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { describeTables } from './describe-tables.ts'

const file = new URL('./tables.ts', import.meta.url)

/** What `tables.ts` must say of the database at `url`, formatted as the rest of the code. */
export async function tablesSource(url: string): Promise<string> {
  const options = await resolveConfig(file)
  return format(await describeTables(url), { ...options, parser: 'typescript' })
}

/** What `tables.ts` says now. */
export function writtenTables(): Promise<string> {
  return readFile(file, 'utf8')
}

// `node migrations/write-tables.ts postgresql://…` after a migration has been added.
if (import.meta.main) {
  const url = process.argv[2]
  if (!url) throw new Error('usage: node migrations/write-tables.ts <url of a migrated database>')
  await writeFile(file, await tablesSource(url))
}
