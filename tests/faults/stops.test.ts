import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import type { Actor } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { callInALoop } from '#tests/builders/call-in-a-loop.ts'
import { buildGatewayCity, type GatewayCity } from '#tests/builders/gateway.ts'
import { insertOrganization, person } from '#tests/builders/market.ts'
import { insertLineage } from '#tests/builders/stops.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { until } from './until.ts'
import { startUsageProcess, type UsageProcess } from './usage-processes.ts'

const database = useDatabase()
const redis = useRedisServer()
let city: GatewayCity
let gateway: UsageProcess
let writer: UsageProcess
let security: Actor
let resourceId: Id<'resource'>

beforeEach(async () => {
  city = await buildGatewayCity(database)
  const { clock } = city
  await database.ownerDb
    .updateTable('billing.subscription')
    .set({ ends_at: new Date('2036-01-01T00:00:00Z') })
    .execute()
  resourceId = await insertLineage(database, city)
  const platform = await insertOrganization(database.ownerDb, clock, {
    kind: 'platform',
    name: '平台',
  })
  security = person({
    organizationId: platform,
    organizationKind: 'platform',
    role: 'security_admin',
  })
  const keyFolder = mkdtempSync(join(tmpdir(), 'stop-keys-'))
  gateway = await startUsageProcess('gateway-process', [database.url, redis.url, keyFolder])
  writer = await startUsageProcess('writer-process', [database.url, redis.url])
  await until(
    'the gateway is ready',
    async () => (await fetch(`${gateway.said}/readyz`)).status === 200,
  )
})
afterEach(async () => {
  await Promise.all([gateway.kill(), writer.kill()])
})

const ask = async (actor: Actor, path: string, body: unknown): Promise<Response> =>
  testApp({ db: database.db, clock: systemClock, actor }).request(path, jsonBody('POST', body))

async function keyId(): Promise<string> {
  const row = await database.db
    .selectFrom('governance.api_key')
    .select('id')
    .where('mode', '=', 'live')
    .executeTakeFirstOrThrow()
  return row.id
}

function query(key: string): Promise<Response> {
  return fetch(`${gateway.said}/data/v1/housing-fund-credit/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{"no":"7"}',
  })
}

/** What a call with the live key hears. */
async function hear() {
  const answer = await query(city.liveKey)
  const body = (await answer.json()) as { code?: string }
  return {
    status: answer.status,
    code: body.code ?? null,
    billed: answer.headers.get('x-billed'),
  }
}

/** A few dozen calls a second. */
const callAndCall = () => callInALoop(hear, 20)

/** Stored refusals of a reason: how many, and whether any is billed. */
async function refusals(reason: string) {
  const events = await database.db
    .selectFrom('metering.usage_event')
    .select(['billable', 'attempts'])
    .where('reason', '=', reason)
    .execute()
  return {
    attempts: events.reduce((sum, event) => sum + event.attempts, 0),
    billed: events.some((event) => event.billable),
  }
}

type Case = Readonly<{
  what: string
  code: string
  withinMs: number
  stop: () => Promise<Response>
}>

const stop = (actor: Actor, object: object) =>
  ask(actor, '/v1/stops', { object, level: 'larger', reason: '疑似泄露' })
const cases: readonly Case[] = [
  {
    what: 'a product the data bureau stops',
    code: 'PRODUCT_SUSPENDED',
    withinMs: 5_000,
    stop: () => stop(city.bureau.actor, { kind: 'product', id: city.productId }),
  },
  {
    what: 'a buyer the operator head stops',
    code: 'BUYER_SUSPENDED',
    withinMs: 5_000,
    stop: () => stop(city.head.actor, { kind: 'buyer', id: city.buyerId }),
  },
  {
    what: 'a key the security administrator stops',
    code: 'KEY_SUSPENDED',
    withinMs: 5_000,
    stop: async () => stop(security, { kind: 'api_key', id: await keyId() }),
  },
  {
    what: 'a resource the data bureau stops',
    code: 'DATA_PROHIBITED',
    withinMs: 5_000,
    stop: () => stop(city.bureau.actor, { kind: 'resource', id: resourceId }),
  },
  {
    what: 'a key its buyer revokes',
    code: 'KEY_REVOKED',
    withinMs: 1_000,
    stop: async () => ask(city.buyer.actor, `/v1/api-keys/${await keyId()}/revocation`, {}),
  },
]

test.each(cases)(
  '$what reaches a running caller within $withinMs ms: $code, metered, not charged',
  async ({ code, withinMs, stop: act }) => {
    const caller = callAndCall()
    await expect.poll(() => caller.heard.length, { timeout: 10_000 }).toBeGreaterThan(10)
    const before = caller.heard.length
    const answer = await act()
    const stoppedAt = performance.now()
    expect(answer.ok, await answer.clone().text()).toBe(true)
    const first = () => caller.heard.find((each) => each.status !== 200)
    await expect.poll(first, { timeout: withinMs + 2_000, interval: 20 }).toBeDefined()
    await expect.poll(() => caller.heard.length).toBeGreaterThan(before + 5)
    await caller.end()
    expect((first()?.atMs ?? Infinity) - stoppedAt).toBeLessThan(withinMs)
    const refused = caller.heard.filter((each) => each.status !== 200)
    // Once refused, always refused: no other answer stands behind the first.
    expect(caller.heard.slice(-refused.length)).toEqual(refused)
    expect(new Set(refused.map((each) => `${each.code} ${each.billed}`))).toEqual(
      new Set([`${code} false`]),
    )
    const served = caller.heard.slice(0, -refused.length)
    expect(new Set(served.map((each) => each.billed))).toEqual(new Set(['true']))
    await expect
      .poll(() => refusals(code.toLowerCase()), { timeout: 20_000 })
      .toEqual({ attempts: refused.length, billed: false })
  },
)

test('two keys of a rotation are valid side by side, until the overlap ends', async () => {
  const caller = callAndCall()
  await expect.poll(() => caller.heard.length, { timeout: 10_000 }).toBeGreaterThan(5)
  const first = await keyId()
  const path = `/v1/api-keys/${first}/rotation`
  const rotated = (await (await ask(city.buyer.actor, path, { overlap_seconds: 2 })).json()) as {
    key: string
    overlap_ends_at: string
  }
  const second = () => query(rotated.key)
  expect((await second()).status).toBe(200)
  const refusal = () => caller.heard.find((each) => each.status !== 200)
  await expect.poll(refusal, { timeout: 5_000 }).toMatchObject({ code: 'KEY_EXPIRED' })
  await caller.end()
  expect((await second()).status).toBe(200)
  // The cache holds the end against each call's own moment: not one call too early or too late.
  const endsAt = new Date(rotated.overlap_ends_at)
  const stored = async (when: 'before' | 'from') => {
    const events = await database.db
      .selectFrom('metering.usage_event')
      .select(['reason'])
      .distinct()
      .where('key_id', '=', first)
      .where('occurred_at', when === 'before' ? '<' : '>=', endsAt)
      .execute()
    return events.map((event) => event.reason)
  }
  await expect.poll(() => stored('from'), { timeout: 20_000 }).toEqual(['key_expired'])
  expect(await stored('before')).toEqual(['found'])
})
