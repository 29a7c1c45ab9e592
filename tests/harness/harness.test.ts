import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { useDatabase } from './database.ts'
import { useRedis, useRedisServer } from './redis.ts'

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

describe('useDatabase()', () => {
  const database = useDatabase()
  let before: string | undefined

  test.each(['first', 'second'])('gives the %s test a database of its own', async () => {
    expect(database.url).not.toBe(before)
    before = database.url
    expect(await ask(database.url, 'select current_user::text')).toEqual([['app']])
    await ask(database.ownerUrl, 'create table only_here (n int)')
  })

  test('signs in as a role that owns nothing and may create nothing', async () => {
    await expect(ask(database.url, 'create table public.mine (n int)')).rejects.toThrow(
      'permission denied',
    )
  })
})

describe('useRedis()', () => {
  const redis = useRedis()

  test.each(['first', 'second'])('is empty before the %s test', async () => {
    expect(await redis.client.dbsize()).toBe(0)
    await redis.client.set('something', '1')
  })

  test('syncs every write and throws nothing out', async () => {
    expect(await redis.client.config('GET', 'append*')).toContain('always')
    expect(await redis.client.config('GET', 'maxmemory-policy')).toContain('noeviction')
  })
})
describe('useRedisServer()', () => {
  const server = useRedisServer()

  test('keeps what was answered through a kill', async () => {
    const { Redis } = await import('ioredis')
    const first = new Redis({ ...server.options, retryStrategy: () => null })
    first.on('error', () => {})
    await first.set('kept', 'yes')
    await server.kill()
    await server.restart()
    const second = new Redis(server.options)
    expect(await second.get('kept')).toBe('yes')
    first.disconnect()
    second.disconnect()
  })
})
