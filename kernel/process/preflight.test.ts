import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { knownMigrations } from '#migrations/migrate.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { refuseLooseRedis, refuseOwningRole, refusePendingMigrations } from './preflight.ts'

async function signedIn<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

describe('a start', () => {
  const database = useDatabase('file')
  const redis = useRedisServer()

  test('accepts the application role on a migrated database', async () => {
    const known = await knownMigrations()
    await signedIn(database.url, async (client) => {
      await expect(refusePendingMigrations(client, known)).resolves.toBeUndefined()
      await expect(refuseOwningRole(client)).resolves.toBeUndefined()
    })
  })

  test('refuses pending migrations and those of a newer version', async () => {
    const known = await knownMigrations()
    await signedIn(database.url, async (client) => {
      await expect(refusePendingMigrations(client, [...known, '9999_next'])).rejects.toThrow(
        /1 pending migration .*9999_next.*npm run migrate/,
      )
      await expect(refusePendingMigrations(client, known.slice(0, -1))).rejects.toThrow('newer')
    })
  })

  test('refuses a role that owns tables', async () => {
    await signedIn(database.ownerUrl, async (client) => {
      await expect(refuseOwningRole(client)).rejects.toThrow('owns tables')
    })
  })

  test('refuses a Redis that may forget or throw out', async () => {
    const client = new Redis(redis.options)
    await refuseLooseRedis(client, false)
    await client.config('SET', 'appendfsync', 'everysec')
    await expect(refuseLooseRedis(client, true)).rejects.toThrow('appendfsync everysec')
    await client.config('SET', 'appendfsync', 'always')
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await expect(refuseLooseRedis(client, false)).rejects.toThrow('maxmemory-policy allkeys-lru')
    client.disconnect()
  })

  test('takes a Redis without CONFIG only when somebody answers for it', async () => {
    const admin = new Redis(redis.options)
    await admin.acl('SETUSER', 'limited', 'on', '>word', '~*', '+@all', '-config')
    const client = new Redis({ ...redis.options, username: 'limited', password: 'word' })
    await expect(refuseLooseRedis(client, false)).rejects.toThrow('REDIS_DURABILITY_ASSURED')
    await expect(refuseLooseRedis(client, true)).resolves.toBeUndefined()
    admin.disconnect()
    client.disconnect()
  })
})
