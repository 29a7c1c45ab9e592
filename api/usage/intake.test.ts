import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { runBills } from '#billing/index.ts'
import { canonicalBytes } from '#kernel/canonical-json.ts'
import type { PersonActor } from '#kernel/context.ts'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { parseMonth } from '#kernel/period.ts'
import type { Role } from '#kernel/permissions.ts'
import {
  forwardUsageBatch,
  listShardStates,
  proveRollUps,
  sealUsage,
  shardOf,
  streamKey,
  usageStreamOf,
  usageWatermark,
} from '#metering/index.ts'
import {
  buildGatewayCity,
  type GatewayCity,
  sampleContent,
  startTestWriter,
} from '#tests/builders/gateway.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { testContext, useDatabase, useRedis } from '#tests/harness/index.ts'

const database = useDatabase()
const redis = useRedis()
let city: GatewayCity
let privateKey: KeyObject
let sourceId: Id<'source'>

beforeEach(async () => {
  city = await buildGatewayCity(database)
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({
      content: JSON.stringify({ ...sampleContent, processingMode: 'sandbox' }),
      status_changed_at: city.clock.now(),
    })
    .where('id', '=', city.productVersionId)
    .execute()
  city.clock.advance(3_600_000)
  privateKey = generateKeyPairSync('ed25519').privateKey
  const { source_id } = await register(publicKeyOf(privateKey))
  sourceId = source_id
  await as('security_admin', `/v1/usage/batch-sources/${sourceId}/approve`)
})

function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'jwk' }).x ?? ''
}

function as(role: Role, path: string, body: unknown = {}) {
  return doorFor(role).request(path, jsonBody('POST', body))
}

function doorFor(role: Role) {
  const actor: PersonActor = {
    kind: 'person',
    personId: newId('person', city.clock),
    organizationId: newId('org', city.clock),
    organizationKind: 'platform',
    roles: [role],
    name: '示例',
  }
  return testApp({ db: database.db, clock: city.clock, actor })
}

async function register(public_key: string) {
  const answer = await as('system_admin', '/v1/usage/batch-sources', {
    name: '数据沙箱（示例）',
    public_key,
    product_version_ids: [city.productVersionId],
  })
  return (await answer.json()) as { source_id: Id<'source'> }
}

type Reported = Record<string, string | number>
function use(reference: string, more: Reported = {}): Reported {
  return {
    reference,
    occurred_at: new Date(city.clock.now().getTime() - 60_000).toISOString(),
    subscription_id: city.subscriptionId,
    product_version_id: city.productVersionId,
    result_class: 'found',
    http_status: 200,
    records: 3,
    bytes: 120,
    duration_ms: 40,
    ...more,
  }
}

function batchOf(sequence: number, events: readonly Reported[], key = privateKey) {
  const signed = { kind: 'usage-batch', source_id: sourceId, sequence, events }
  return {
    source_id: sourceId,
    sequence,
    events,
    signature: sign(null, canonicalBytes(signed), key).toString('base64url'),
  }
}

const submit = (batch: unknown) =>
  testApp({ db: database.db, clock: city.clock }).request(
    '/v1/usage/batches',
    jsonBody('POST', batch),
  )

/** What the job does with each accepted batch, also with one that is done. */
async function forwardAll(): Promise<void> {
  const ctx = {
    ...testContext({ db: database.db, clock: city.clock }),
    usageStream: usageStreamOf(redis.client),
  }
  const batches = await database.db
    .selectFrom('metering.usage_batch')
    .select(['source_id', 'sequence'])
    .execute()
  for (const { source_id, sequence } of batches)
    await forwardUsageBatch(ctx, {
      sourceId: source_id as Id<'source'>,
      sequence: Number(sequence),
    })
}

const stored = () =>
  database.db.selectFrom('metering.usage_event').selectAll().orderBy('request_id').execute()

/** Where the one buyer's usage goes. */
const stream = () => streamKey(shardOf(city.buyerId))

/** Announcements of batches that are not closed. */
const openWork = async () =>
  (
    await database.db
      .selectFrom('kernel.outbox')
      .select('id')
      .where('kind', '=', 'usage_batch.accepted')
      .where('closed_at', 'is', null)
      .execute()
  ).length

/** What the page of the sources shows of the batches. */
async function standings() {
  const answer = await doorFor('auditor').request(`/v1/usage/batch-sources/${sourceId}/batches`)
  return ((await answer.json()) as { items: unknown[] }).items
}

const counts = async () => {
  const of = async (
    table: 'metering.usage_batch' | 'metering.usage_batch_event' | 'kernel.outbox',
  ) =>
    (await database.db.selectFrom(table).selectAll().execute()).filter(
      (row) => !('kind' in row) || row.kind === 'usage_batch.accepted',
    ).length
  return [
    await of('metering.usage_batch'),
    await of('metering.usage_batch_event'),
    await of('kernel.outbox'),
  ]
}

test('a signed batch comes through the stream and the writer, charged by the rule of its price', async () => {
  const answer = await submit(
    batchOf(1, [use('a'), use('b', { result_class: 'not_found', records: 0 })]),
  )
  expect(answer.status, await answer.clone().text()).toBe(202)
  const receipt = await answer.json()
  expect(receipt).toMatchObject({ sequence: 1, event_count: 2 })
  const writer = startTestWriter({ database, redis: redis.options, clock: city.clock })
  await forwardAll()
  await forwardAll()
  await vi.waitFor(async () => expect(await stored()).toHaveLength(2), 10_000)
  await vi.waitFor(async () => expect(await redis.client.xlen(stream())).toBe(0), 10_000)
  await writer.stop()
  expect(await openWork()).toBe(0)
  const [found, none] = await stored()
  // The item charges on what is found.
  expect(found).toMatchObject({
    buyer_id: city.buyerId,
    key_id: sourceId,
    boot_id: sourceId,
    billable: true,
    reason: 'found',
    records: 3n,
  })
  expect(found?.price_reference).toMatch(/^posted_/)
  expect(none).toMatchObject({ billable: false, reason: 'nothing_found' })
  const now = city.clock.now()
  const span = { from: new Date(now.getTime() - 86_400_000), to: new Date(now.getTime() + 1) }
  const whole = { from: new Date(span.from.setUTCMinutes(0, 0, 0)), to: span.to }
  expect(await proveRollUps(database.db, whole)).toMatchObject({ holds: true, events: 2n })
  expect(
    await (
      await submit(batchOf(1, [use('a'), use('b', { result_class: 'not_found', records: 0 })]))
    ).json(),
  ).toEqual(receipt)
  expect(await counts()).toEqual([1, 2, 1])
})

test('ten of the same batch at once are one, with one answer', async () => {
  const batch = batchOf(1, [use('a')])
  const answers = await Promise.all(Array.from({ length: 10 }, () => submit(batch)))
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]))
  expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
  expect(await counts()).toEqual([1, 1, 1])
})

describe('nothing but an audit row is left of', () => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  test.each<[string, string, () => unknown]>([
    ['another key', 'BATCH_SIGNATURE_INVALID', () => batchOf(1, [use('a')], stranger)],
    [
      'a changed event',
      'BATCH_SIGNATURE_INVALID',
      () => ({ ...batchOf(1, [use('a')]), events: [use('a', { records: 4 })] }),
    ],
    ['a gap', 'BATCH_OUT_OF_SEQUENCE', () => batchOf(2, [use('a')])],
    [
      'an unknown source',
      'BATCH_SOURCE_NOT_ACTIVE',
      () => ({ ...batchOf(1, [use('a')]), source_id: newId('source', city.clock) }),
    ],
    [
      'an unknown subscription',
      'BATCH_EVENT_REFUSED',
      () => batchOf(1, [use('a'), use('b', { subscription_id: newId('sub', city.clock) })]),
    ],
    [
      "a version that is not the source's",
      'BATCH_EVENT_REFUSED',
      () => batchOf(1, [use('a', { product_version_id: newId('pver', city.clock) })]),
    ],
    [
      'a use before the subscription began',
      'BATCH_EVENT_REFUSED',
      () => batchOf(1, [use('a', { occurred_at: '2026-05-01T00:00:00.000Z' })]),
    ],
    [
      'a use that is still to come',
      'BATCH_EVENT_REFUSED',
      () => batchOf(1, [use('a', { occurred_at: '2026-09-01T00:00:00.000Z' })]),
    ],
    ['one use named twice', 'BATCH_EVENT_REFUSED', () => batchOf(1, [use('a'), use('a')])],
  ])('%s', async (_what, code, batch) => {
    const answer = await submit(batch())
    expect(await answer.json()).toMatchObject({ code })
    expect(await counts()).toEqual([0, 0, 0])
    const refused = await database.db
      .selectFrom('kernel.audit_entry')
      .select('detail')
      .where('action', '=', 'usage_batch:accepted')
      .where('outcome', '=', 'refused')
      .execute()
    expect(refused).toMatchObject([{ detail: { code } }])
  })
})

test('another batch under an accepted number, and a use reported before, are refused', async () => {
  expect((await submit(batchOf(1, [use('a')]))).status).toBe(202)
  expect(await (await submit(batchOf(1, [use('b')]))).json()).toMatchObject({
    code: 'BATCH_DIFFERS',
  })
  expect(await (await submit(batchOf(2, [use('c'), use('a')]))).json()).toMatchObject({
    code: 'BATCH_EVENT_REFUSED',
    facts: { index: 1, reason: 'reported_before' },
  })
  expect((await submit(batchOf(2, [use('c')]))).status).toBe(202)
})

test('a source reports only between its approval and its end, and only what is worked on inside', async () => {
  const other = generateKeyPairSync('ed25519').privateKey
  const { source_id } = await register(publicKeyOf(other))
  const first = sourceId
  sourceId = source_id
  const batch = () => batchOf(1, [use('a')], other)
  expect((await submit(batch())).status).toBe(403)
  expect((await as('system_admin', `/v1/usage/batch-sources/${sourceId}/approve`)).status).toBe(403)
  await as('security_admin', `/v1/usage/batch-sources/${sourceId}/approve`)
  expect((await submit(batch())).status).toBe(202)
  await as('security_admin', `/v1/usage/batch-sources/${sourceId}/revoke`)
  expect((await submit(batchOf(2, [use('b')], other))).status).toBe(403)
  sourceId = first
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({ content: JSON.stringify(sampleContent) })
    .where('id', '=', city.productVersionId)
    .execute()
  expect(await register(publicKeyOf(generateKeyPairSync('ed25519').privateKey))).toMatchObject({
    code: 'VALIDATION_FAILED',
  })
})

test('a batch whose stream is emptied before the commit is forwarded again and stored once', async () => {
  const events = Array.from({ length: 600 }, (_, index) => use(`u${index}`))
  expect((await submit(batchOf(1, events))).status).toBe(202)
  await forwardAll()
  expect(await openWork()).toBe(1)
  expect(await standings()).toMatchObject([
    { sequence: '1', event_count: 600, forwardings: 1, stored: 0, parked: 0, settled_at: null },
  ])
  // As long as the stream has it, nothing is added to it.
  expect(await redis.client.xlen(stream())).toBe(3)
  await forwardAll()
  expect(await redis.client.xlen(stream())).toBe(3)
  await redis.client.flushdb()
  await forwardAll()
  expect(await redis.client.xlen(stream())).toBe(3)
  // A part of it comes through before Redis is emptied once more.
  const entries = await redis.client.xrange(stream(), '-', '+')
  await redis.client.xdel(stream(), ...entries.slice(1).map(([id]) => id))
  const first = startTestWriter({ database, redis: redis.options, clock: city.clock })
  await vi.waitFor(async () => expect(await stored()).toHaveLength(256), 10_000)
  await first.stop()
  expect(await standings()).toMatchObject([{ stored: 256, settled_at: null, forwardings: 2 }])
  expect(await openWork()).toBe(1)
  await redis.client.flushdb()
  await forwardAll()
  // Of the 344 that are missing two entries are made.
  expect(await redis.client.xlen(stream())).toBe(2)
  const second = startTestWriter({ database, redis: redis.options, clock: city.clock })
  await vi.waitFor(async () => expect(await openWork()).toBe(0), 10_000)
  await second.stop()
  const rows = await stored()
  expect(rows).toHaveLength(600)
  expect(new Set(rows.map((row) => row.request_id)).size).toBe(600)
  expect(await standings()).toMatchObject([{ stored: 600, forwardings: 3 }])
  expect(await standings()).not.toMatchObject([{ settled_at: null }])
  await forwardAll()
  expect(await redis.client.xlen(stream())).toBe(0)
  const hour = 3_600_000
  const to = new Date(Math.ceil(city.clock.now().getTime() / hour) * hour)
  const proof = await proveRollUps(database.db, { from: new Date(to.getTime() - 24 * hour), to })
  expect(proof).toMatchObject({ holds: true, events: 600n })
})

test('what the writer cannot read of a batch is parked, and is not forwarded again', async () => {
  expect((await submit(batchOf(1, [use('a'), use('b')]))).status).toBe(202)
  await forwardAll()
  const [entry] = await redis.client.xrange(stream(), '-', '+')
  const fields = entry?.[1] ?? []
  const spoiled = fields.map((field) => field.replace('"resultClass":"found"', '"resultClass":"?"'))
  await redis.client.xdel(stream(), entry?.[0] ?? '')
  await redis.client.xadd(stream(), '*', ...spoiled)
  const writer = startTestWriter({ database, redis: redis.options, clock: city.clock })
  await vi.waitFor(async () => expect(await openWork()).toBe(0), 10_000)
  await forwardAll()
  await writer.stop()
  expect(await standings()).toMatchObject([{ stored: 1, parked: 1, forwardings: 1 }])
  const parked = await database.db.selectFrom('metering.parked_entry').select('id').execute()
  expect(parked).toHaveLength(1)
})

test('neither a bill nor a seal passes by a batch that is accepted and not stored', async () => {
  const writer = startTestWriter({ database, redis: redis.options, clock: city.clock })
  await submit(batchOf(1, [use('first')]))
  await forwardAll()
  const watermark = () => usageWatermark(database.db)
  await vi.waitFor(async () => expect(await watermark()).toEqual(city.clock.now()), 10_000)
  const usedAt = new Date(city.clock.now().getTime() - 60_000)
  expect((await submit(batchOf(2, [use('a'), use('b')]))).status).toBe(202)
  expect(await watermark()).toEqual(usedAt)
  // The month ends and its grace passes: the writer is far beyond it, the batch is not stored.
  city.clock.set(new Date('2026-07-02T00:00:00+08:00'))
  await vi.waitFor(async () => {
    for (const { watermarkAt } of await listShardStates(database.db))
      expect(watermarkAt).toEqual(city.clock.now())
  }, 10_000)
  const june = { operatorId: city.market.operatorId, month: parseMonth('2026-06') }
  expect(await runBills(city.system, june)).toMatchObject({ kind: 'waiting', watermarkAt: usedAt })
  const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'intake-keys-')))
  expect(await sealUsage({ ...city.system, keys })).toMatchObject({ kind: 'sealed', rounds: [] })
  await forwardAll()
  await vi.waitFor(async () => expect(await watermark()).toEqual(city.clock.now()), 10_000)
  expect(await runBills(city.system, june)).toMatchObject({ kind: 'ran' })
  const sealed = await sealUsage({ ...city.system, keys })
  expect(sealed.kind === 'sealed' && sealed.rounds[0]).toMatchObject({
    day: '2026-06-01',
    events: 3n,
  })
  await writer.stop()
})
