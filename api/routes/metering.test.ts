import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { createApp } from '#api/app.ts'
import { movableClock } from '#kernel/clock.ts'
import type { PersonActor } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { keepRollUpProof, usageStreamOf } from '#metering/index.ts'
import { jsonBody, testAppDeps } from '#tests/harness/app.ts'
import { TEST_NOW, testContext, useDatabase, useRedis } from '#tests/harness/index.ts'
import { setWatermark } from '#tests/builders/usage.ts'

const database = useDatabase('file')
const redis = useRedis()
const clock = movableClock(TEST_NOW)
const away = new Redis({ port: 1, lazyConnect: true, maxRetriesPerRequest: 0 })
away.on('error', () => undefined)
afterAll(() => away.disconnect())

function as(role: Role, client: Redis = redis.client) {
  const actor: PersonActor = {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: newId('org', clock),
    organizationKind: 'platform',
    roles: [role],
    name: '示例',
  }
  const usageStream = usageStreamOf(client)
  return createApp({ ...testAppDeps({ db: database.db, actor, clock }), usageStream })
}

test('the page tells watermark, lag, parked and conflicts of each shard, gaps and proofs', async () => {
  const { ownerDb } = database
  await setWatermark(ownerDb, new Date(TEST_NOW.getTime() - 5_000))
  await redis.client.xadd('usage:{2}', `${TEST_NOW.getTime() - 3_000}-0`, 'any', 'entry')
  await redis.client.xadd('usage:{2}', `${TEST_NOW.getTime() - 1_000}-0`, 'any', 'entry')
  await ownerDb
    .insertInto('metering.parked_entry')
    .values({
      shard: 1,
      stream_id: '1-1',
      position: 0,
      body: 'x',
      reason: 'not read',
      parked_at: TEST_NOW,
    })
    .execute()
  await ownerDb
    .insertInto('metering.gap_record')
    .values({
      id: 'gap_1',
      boot_id: 'boot_1',
      shard: 0,
      reason: 'usage_store_unavailable',
      attempts: 7n,
      started_at: TEST_NOW,
      ended_at: TEST_NOW,
      recorded_at: TEST_NOW,
    })
    .execute()
  const span = { from: new Date('2026-06-13'), to: new Date('2026-06-15') }
  await keepRollUpProof(testContext({ db: database.db, clock }), { ...span, closes: 'x' })
  const answer = await as('finance_bureau').request('/v1/metering')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    stream_answers: true,
    shards: [
      { shard: 0, watermark_age_ms: 5_000, lag_entries: 0, oldest_entry_age_ms: null },
      { shard: 1, parked_entries: 1, conflicts: 0 },
      { shard: 2, lag_entries: 2, oldest_entry_age_ms: 3_000, parked_entries: 0 },
      { shard: 3 },
    ],
    gaps: [{ attempts: '7' }],
    proofs: [{ holds: true, events: '0', proved_by: 'system:test' }],
  })
})

test('while the store of usage is away, the page says so and shows the rest', async () => {
  const answer = await as('system_admin', away).request('/v1/metering')
  expect(await answer.json()).toMatchObject({ stream_answers: false })
  expect(answer.status).toBe(200)
})

test('a proof is asked for by those who may, and relayed as a job', async () => {
  const ask = (role: Role, from: string) =>
    as(role).request('/v1/metering/proofs', jsonBody('POST', { from, to: '2026-06-15' }))
  expect((await ask('operator_head', '2026-06-14')).status).toBe(403)
  expect((await ask('auditor', '2026-06-16')).status).toBe(422)
  expect((await ask('auditor', '2026-06-14')).status).toBe(202)
  const asked = await database.db
    .selectFrom('kernel.outbox')
    .select(['kind', 'payload'])
    .where('kind', '=', 'roll_ups.asked')
    .execute()
  expect(asked).toEqual([
    {
      kind: 'roll_ups.asked',
      payload: { from: '2026-06-13T16:00:00.000Z', to: '2026-06-15T16:00:00.000Z' },
    },
  ])
})

test('parked entries are read by head, auditor and system administrator, and replayed by the last', async () => {
  const read = async (role: Role) => (await as(role).request('/v1/metering/parked')).status
  expect(
    await Promise.all(
      (['operator_head', 'auditor', 'system_admin', 'finance_bureau', 'buyer_admin'] as const).map(
        read,
      ),
    ),
  ).toEqual([200, 200, 200, 403, 403])
  const entry = await database.db
    .selectFrom('metering.parked_entry')
    .select('id')
    .executeTakeFirstOrThrow()
  const replay = (role: Role) =>
    as(role).request(`/v1/metering/parked/${entry.id}/replay`, { method: 'POST' })
  expect((await replay('auditor')).status).toBe(403)
  const answer = await replay('system_admin')
  expect(await answer.json()).toMatchObject({ kind: 'still_unreadable' })
})

test('the database keeps a proof as it was', async () => {
  await expect(
    database.db.updateTable('metering.roll_up_proof').set({ holds: true }).execute(),
  ).rejects.toThrow(/permission denied/)
})
