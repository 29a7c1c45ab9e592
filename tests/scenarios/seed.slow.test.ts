import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { countBudgets, proveLedger } from '#billing/index.ts'
import { accountKeys } from '#demo/city/people.ts'
import { products } from '#demo/city/products/index.ts'
import { seedDemoCity } from '#demo/seed.ts'
import type { DemoFile } from '#demo/seed/demo-file.ts'
import { readConfig } from '#kernel/config.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { openPool } from '#kernel/database.ts'
import { addDays, dayOf, makePeriod, monthOf, previousMonth, startOfDay } from '#kernel/period.ts'
import { proveRollUps, proveSeals } from '#metering/index.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { useSimulator } from './use-simulator.ts'

/** A twentieth of the real traffic: every kind of thing still happens. */
const volume = 0.05

describe.each([
  ['early on the 1st', '2026-11-01T00:40:00+08:00', []],
  ['on the 15th', '2026-11-15T12:00:00+08:00', ['bills of October']],
  ['late on the last day', '2026-11-30T23:30:00+08:00', ['bills of October']],
] as const)('a city built %s of a month', (_, nowText, expected) => {
  const database = useDatabase('file')
  const redis = useRedisServer()
  const simulator = useSimulator()
  const now = new Date(nowText)
  const lines: string[] = []
  let dataFolder: string
  let demo: DemoFile

  const seed = async (): Promise<void> => {
    const config = readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AUTH_SECRET: 'of-this-test-only-and-long-enough-for-it',
      EGRESS_ORIGINS: simulator.egressOrigins,
      DATA_DIR: dataFolder,
    })
    const { origin, databaseUrl } = simulator
    await seedDemoCity({
      config,
      simulator: { port: Number(new URL(origin).port), origin, databaseUrl },
      onProgress: (line) => lines.push(line),
      now,
      volume,
    })
  }

  beforeAll(async () => {
    dataFolder = mkdtempSync(join(inject('services').runFolder, 'city-'))
    await seed()
    demo = JSON.parse(readFileSync(join(dataFolder, 'demo.json'), 'utf8')) as DemoFile
  }, 240_000)

  const keys = () => loadKeyRing(join(dataFolder, 'keys'))

  const rowsOf = async (query: string): Promise<readonly Record<string, unknown>[]> =>
    (await sql.raw<Record<string, unknown>>(query).execute(database.ownerDb)).rows

  test('has used everything there is: all result classes, both purposes, sandbox and free', async () => {
    const classes = await rowsOf(
      'select distinct result_class as it from metering.usage_event order by 1',
    )
    expect(classes.map((row) => row['it'])).toEqual([
      'failed',
      'found',
      'not_found',
      'refused',
      'repeated',
    ])
    const free = await rowsOf(
      `select count(*)::int as it from metering.usage_event where purpose_class = 'public_interest' and billable`,
    )
    expect(free).toEqual([{ it: 0 }])
    const used = await rowsOf(
      `select count(distinct product_id)::int as products, count(distinct buyer_id)::int as buyers
       from metering.usage_event where result_class = 'found' and mode = 'live'`,
    )
    expect(used).toEqual([{ products: 6, buyers: 15 }])
  })

  test('knows nothing that is later than now, and its roll-ups agree with its events', async () => {
    const [future] = await rowsOf(
      `select count(*)::int as it from metering.usage_event where occurred_at >= '${now.toISOString()}'`,
    )
    expect(future).toEqual({ it: 0 })
    const from = new Date('2026-08-01T00:00:00+08:00')
    expect(await proveRollUps(database.db, { from, to: now })).toMatchObject({ holds: true })
    const [sandbox] = await rowsOf(
      `select count(*)::int as it from metering.usage_event where mode = 'sandbox'`,
    )
    expect(sandbox?.['it']).toBeGreaterThan(80)
  })

  test('has lost nothing: no gap stands in its records', async () => {
    expect(await rowsOf('select shard, attempts, reason from metering.gap_record')).toEqual([])
  })

  test('has sealed every day that is over, within the night, and names the seals in its statements', async () => {
    const rounds = await rowsOf(
      `select day::text, supplement, (sealed_at - (day + 1)::timestamp at time zone 'Asia/Shanghai')
         < interval '1 hour' as prompt from metering.seal_round order by day, supplement`,
    )
    const first = rounds.filter((round) => round['supplement'] === 0)
    expect(first[0]).toMatchObject({ day: '2026-08-01' })
    expect(first.at(-1)).toMatchObject({ day: addDays(dayOf(now), -1) })
    expect(first.every((round) => round['prompt'])).toBe(true)
    // The late item of the first month.
    expect(rounds.filter((round) => round['day'] === '2026-08-31').length).toBeGreaterThan(1)
    const ctx = { db: database.db, clock: { now: () => now }, requestId: 'test', keys: keys() }
    const days = makePeriod({ from: startOfDay('2026-08-01'), to: startOfDay(dayOf(now)) })
    const actor = { kind: 'system', job: 'test' } as const
    expect(await proveSeals({ ...ctx, actor }, days)).toMatchObject({ holds: true })
    const named = await rowsOf(
      `select s.month, count(*)::int as seals from billing.statement s
       join billing.statement_version v on v.statement_id = s.id
       join billing.statement_member m on m.version_id = v.id and m.kind = 'seal'
       group by s.month order by s.month`,
    )
    // The first month's statement carries no bill yet, the others the bills of the month before.
    expect(named.map((row) => row['month'])).toEqual(['2026-09', '2026-10'])
  })

  test('has a late item of its first month, charged in the bill of the second', async () => {
    const late = await rowsOf(
      `select b.month, l.usage_month from billing.bill_line l join billing.bill b on b.id = l.bill_id where l.kind = 'late'`,
    )
    expect(late).toEqual([{ month: '2026-09', usage_month: '2026-08' }])
  })

  test('has counted in Redis what its accounts have used, as the events say', async () => {
    const pool = openPool({ connectionString: database.url, poolSize: 1 })
    const counts = await countBudgets(pool, { now, isOfShard: () => true })
    await pool.end()
    const client = new Redis(redis.options)
    const accounts = counts.used.filter(
      ({ name, units }) => name.startsWith('account:') && units > 0n,
    )
    expect(accounts.length).toBeGreaterThan(5)
    for (const { name, units } of accounts) {
      const keys = await client.keys(`used:*:${name}`)
      expect(keys, name).toHaveLength(1)
      expect(await client.get(keys[0] ?? ''), name).toBe(units.toString())
    }
    client.disconnect()
  })

  test('has issued and paid bills, and books that balance', async () => {
    const months = await rowsOf(
      `select month, count(*)::int as bills from billing.bill_standing where status <> 'discarded' group by month order by month`,
    )
    expect(months.map((row) => row['month'])).toEqual(
      expected.length === 0 ? ['2026-08', '2026-09'] : ['2026-08', '2026-09', '2026-10'],
    )
    const paid = await rowsOf(
      `select count(*)::int as it from billing.bill_standing where status = 'paid' and gross_fen > 0`,
    )
    expect(paid[0]?.['it']).toBeGreaterThan(10)
    expect(await proveLedger(database.db)).toMatchObject({ holds: true })
  })

  test('has a prepaid account, a credit limit and a capped key, and nobody was refused for them', async () => {
    const terms = await rowsOf(
      `select payment_mode, credit_limit_fen is not null as limited from billing.account_terms order by 1`,
    )
    expect(terms).toEqual([
      { payment_mode: 'postpaid', limited: true },
      { payment_mode: 'prepaid', limited: false },
    ])
    const drawn = await rowsOf(
      `select count(*)::int as it from billing.ledger_transaction where template = 'prepaidDrawn'`,
    )
    expect(drawn[0]?.['it']).toBeGreaterThanOrEqual(2)
    const capped = await rowsOf(
      `select count(*)::int as it from governance.api_key where monthly_spend_max_fen is not null`,
    )
    expect(capped[0]?.['it']).toBe(1)
    const refused = await rowsOf(
      `select count(*)::int as it from metering.usage_event
       where reason in ('insufficient_balance', 'credit_limit_exceeded', 'key_spend_cap_reached')`,
    )
    expect(refused[0]?.['it']).toBe(0)
  })

  test('last month’s statement waits for the finance bureau; those before are locked, and paid where there was money', async () => {
    const statements = await rowsOf(
      `select s.month, st.status from billing.statement s
       join billing.statement_standing st on st.statement_id = s.id order by s.month`,
    )
    expect(statements).toEqual([
      { month: '2026-08', status: 'locked' }, // no bill was paid yet, so nothing was to be paid
      { month: '2026-09', status: 'treasury_paid' },
      { month: '2026-10', status: 'confirmed' },
    ])
    expect(previousMonth(monthOf(now))).toBe('2026-10')
  })

  test('tells its owner alone how to get in', () => {
    expect(statSync(join(dataFolder, 'demo.json')).mode & 0o777).toBe(0o600)
    expect(Object.keys(demo.accounts)).toEqual(expect.arrayContaining([...accountKeys]))
    expect(Object.keys(demo.keys).sort()).toEqual(
      products.map(({ product }) => product.code).sort(),
    )
    expect(demo.curl).toMatch(/^curl [\x20-\x7e]+$/)
    expect(demo.curl).not.toMatch(/\||idempotency/i)
  })

  test('is built once', async () => {
    await seed()
    expect(lines.at(-1)).toBe('The demo city is there already')
  })
})

describe('a city that was cut short', () => {
  const database = useDatabase('file')

  test('says how to begin afresh', async () => {
    await database.db
      .insertInto('kernel.setting')
      .values({ name: 'demo_city', value: JSON.stringify('building'), recorded_at: new Date(0) })
      .execute()
    const config = readConfig({
      DATABASE_URL: database.url,
      REDIS_URL: 'redis://127.0.0.1:1',
      AUTH_SECRET: 'of-this-test-only-and-long-enough-for-it',
    })
    const simulator = { port: 1, origin: 'http://127.0.0.1:1', databaseUrl: database.url }
    await expect(seedDemoCity({ config, simulator, onProgress: () => {} })).rejects.toThrow(
      'npm run db:reset',
    )
  })
})
