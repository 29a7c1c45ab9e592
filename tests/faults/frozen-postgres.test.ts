import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { until } from './until.ts'
import { useUsageCity } from './use-usage-city.ts'

const city = useUsageCity()

type Heard = Readonly<{ status: number; billed: string | null; tookMs: number }>

async function call(key: string, more: Record<string, string> = {}): Promise<Heard> {
  const askedAt = performance.now()
  const answer = await fetch(`${city().gateway().said}/data/v1/housing-fund-credit/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
    body: '{"no":"1"}',
  })
  await answer.text()
  const tookMs = performance.now() - askedAt
  return { status: answer.status, billed: answer.headers.get('x-billed'), tookMs }
}

test('a PostgreSQL that stands still makes no call wait for ever: refused, not charged, counted', async () => {
  const { database, servers, callers: keys } = city()
  expect(await call(keys.live)).toMatchObject({ status: 200, billed: 'true' })
  servers.postgres.pause()
  let refused = 0
  try {
    // What the gateway knew is older than a second now.
    await pause(1_200)
    for (let round = 0; round < 2; round++) {
      // More callers than the gateway has connections, the same key and others.
      const asked = Array.from({ length: 12 }, (_, index) =>
        call(index % 2 === 0 ? keys.live : keys.sandbox),
      )
      for (const heard of await Promise.all(asked)) {
        expect(heard).toMatchObject({ status: 503, billed: 'false' })
        expect(heard.tookMs).toBeLessThan(4_500)
        refused += 1
      }
    }
    // Longer than a statement is waited for: connections that hang are left.
    await pause(4_000)
  } finally {
    servers.postgres.resume()
  }
  await until('calls go on', async () => (await call(keys.live)).status === 200)
  expect(await call(keys.live, { 'idempotency-key': 'after' })).toMatchObject({ status: 200 })
  const counted = async () =>
    (
      await database.db
        .selectFrom('metering.keyless_minute')
        .select('attempts')
        .where('reason', '=', 'access_unreadable')
        .execute()
    ).reduce((sum, { attempts }) => sum + Number(attempts), 0)
  await until('what was refused is counted', async () => (await counted()) >= refused)
  await city().untilWritten()
  const charged = await database.db
    .selectFrom('metering.usage_event')
    .select('event_id')
    .where('result_class', '=', 'found')
    .execute()
  // The first call, and those after PostgreSQL went on: none of the refused ones.
  expect(charged.length).toBeGreaterThanOrEqual(3)
  expect(charged.length).toBeLessThan(refused)
})
