import { type RawBuilder, sql } from 'kysely'
import type { Redis } from 'ioredis'
import type { Database } from '#kernel/database.ts'

/** Tables of ours, in any schema, with a row that says one of these texts anywhere. */
export async function tablesThatSay(
  ownerDb: Database,
  texts: readonly string[],
): Promise<readonly string[]> {
  const tables = await sql<{ name: string }>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 1`.execute(ownerDb)
  const found: string[] = []
  for (const { name } of tables.rows) {
    const row: RawBuilder<{ says: boolean }> = sql`
      select exists (select from ${sql.raw(name)} as t
        where (t.*)::text like any(${texts.map((text) => `%${text}%`)}::text[])) as says`
    const { rows } = await row.execute(ownerDb)
    if (rows[0]?.says) found.push(name)
  }
  return found
}

/** Everything a Redis database holds, keys and values of every kind, as text by key. */
export async function redisTexts(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const key of await redis.keys('*')) texts.set(key, JSON.stringify(await valueOf(redis, key)))
  return texts
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'set':
      return redis.smembers(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      throw new Error(`a kind of value nobody reads: ${key}`)
  }
}

export function keysThatSay(
  held: ReadonlyMap<string, string>,
  texts: readonly string[],
): readonly string[] {
  return [...held].filter(([key, value]) => says(key + value, texts)).map(([key]) => key)
}

export function says(text: string, texts: readonly string[]): boolean {
  // JSON may write characters as escapes.
  const plain = text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return texts.some((each) => text.includes(each) || plain.includes(each))
}
