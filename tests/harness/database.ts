import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { cloneTemplate, type OpenTestDatabase, type TestDatabase } from './template.ts'

let superuser: Promise<pg.Client> | undefined

/** One connection for the whole file: signing in costs as much as a third of a clone. */
async function asSuperuser(sql: string): Promise<void> {
  superuser ??= (async () => {
    const client = new pg.Client({ connectionString: inject('services').superuserUrl })
    client.on('error', () => {})
    await client.connect()
    return client
  })()
  await (await superuser).query(sql)
}

async function signOut(): Promise<void> {
  await (await superuser)?.end()
  superuser = undefined
}

/**
 * A private copy of the migrated database: a fresh one for each test, or with `'file'` one for the whole file (or
 * describe block) it is called in. Call it outside of tests and read its fields inside.
 */
export function useDatabase(lifetime: 'test' | 'file' = 'test'): TestDatabase {
  let open: OpenTestDatabase | undefined
  const start = async (): Promise<void> => {
    open = await cloneTemplate({ ...inject('services'), asSuperuser })
  }
  const end = async (): Promise<void> => {
    await open?.close()
    open = undefined
  }
  // Registered first, so it runs after everything else has ended.
  afterAll(signOut)
  if (lifetime === 'test') {
    beforeEach(start)
    afterEach(end)
  } else {
    beforeAll(start)
    afterAll(end)
  }
  const get = (): OpenTestDatabase => {
    if (!open) throw new Error('useDatabase(): read its fields inside a test or a hook')
    return open
  }
  return {
    get db() {
      return get().db
    },
    get ownerDb() {
      return get().ownerDb
    },
    get url() {
      return get().url
    },
    get ownerUrl() {
      return get().ownerUrl
    },
  }
}
