import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import type { Context, PersonActor } from '#kernel/context.ts'
import { openPool } from '#kernel/database.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import {
  countParkedEntries,
  decideParkedProposal,
  listParkedEntries,
  proposeParkedCorrection,
  proposeParkedDiscard,
  proveRollUps,
  replayParkedEntry,
  shardOf,
  type UsageEvent,
} from '#metering/index.ts'
import { factColumns } from '#metering/writer/insert-events.ts'
import { type Batch, writeBatch } from '#metering/writer/write-batch.ts'
import { insertListedProduct, insertMarket, insertOrganization } from '#tests/builders/market.ts'
import { sampleEvent } from '#tests/builders/usage-event.ts'
import { TEST_NOW, useDatabase } from '#tests/harness/index.ts'

const database = useDatabase()
const clock = movableClock(TEST_NOW)
let pool: ReturnType<typeof openPool>
let buyerId: Id<'org'>
let productId: Id<'product'>
let operatorId: Id<'org'>

beforeEach(async () => {
  pool = openPool({ connectionString: database.url, poolSize: 2 })
  const market = await insertMarket(database, clock)
  operatorId = market.operatorId
  productId = await insertListedProduct(database, clock, {
    operatorId,
    code: 'sample',
    name: '示例产品',
  })
  buyerId = await insertOrganization(database.ownerDb, clock, { kind: 'buyer', name: '示例银行' })
})
afterEach(() => pool.end())

function as(role: Role, organizationId: Id<'org'> = operatorId): Context {
  const actor: PersonActor = {
    kind: 'person',
    personId: newId('person', clock),
    organizationId,
    organizationKind: role === 'operator_head' ? 'operator' : 'platform',
    roles: [role],
    name: '示例',
  }
  return { db: database.db, clock, actor, requestId: 'test' }
}

function eventOf(facts: Partial<UsageEvent> = {}): UsageEvent {
  const occurredAtMs = TEST_NOW.getTime()
  return sampleEvent({ occurredAtMs, buyerId, productId, idempotencyKey: 'order-1', ...facts })
}

/** Commits a batch of the buyer's shard as the writer does. */
async function write(batch: Partial<Batch>): Promise<void> {
  const client = await pool.connect()
  const at = { shard: shardOf(buyerId), now: clock.now() }
  await writeBatch(client, at, { events: [], poison: [], boots: [], ...batch })
  client.release()
}

const writeEvent = (event: UsageEvent) =>
  write({ events: [{ event, bootId: 'b', bootSequence: 1 }] })

/** Parks a body as the writer does. */
async function park(body: string, bootId: string | null = null): Promise<bigint> {
  const from = { streamId: `${Math.random()}`, position: 0, bootId, buyerId }
  await write({ poison: [{ ...from, body, reason: 'not read' }] })
  const row = await database.db
    .selectFrom('metering.parked_entry')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  return BigInt(row.id)
}

const events = () => database.db.selectFrom('metering.usage_event').selectAll().execute()
const proof = () =>
  proveRollUps(database.db, { from: new Date('2026-06-15T00:00Z'), to: new Date('2026-06-16') })

describe('a replay', () => {
  test('writes what can now be read exactly once, with roll-ups and claims, also when ten ask at once', async () => {
    const entryId = await park(JSON.stringify(eventOf()))
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => replayParkedEntry(as('system_admin'), { entryId })),
    )
    expect(answers.filter((answer) => answer.kind === 'replayed')).toEqual([
      { kind: 'replayed', events: 1, inserted: 1 },
    ])
    expect(answers.filter((answer) => answer.kind === 'already_resolved')).toHaveLength(9)
    expect(await events()).toMatchObject([{ buyer_id: buyerId, billable: true }])
    expect(await proof()).toMatchObject({ events: 1n, holds: true })
    expect(
      await database.db.selectFrom('metering.idempotency_claim').selectAll().execute(),
    ).toMatchObject([{ idempotency_key: 'order-1' }])
    expect(await countParkedEntries(database.db, { buyerId })).toBe(0)
    const [resolved] = await listParkedEntries(as('auditor'), { open: false })
    expect(resolved).toMatchObject({
      resolution: 'replayed',
      body: JSON.stringify(
        eventOf({ eventId: resolved ? (JSON.parse(resolved.body) as UsageEvent).eventId : '' }),
      ),
    })
    const trail = await database.db
      .selectFrom('kernel.audit_entry')
      .select('action')
      .where('action', '=', 'parked_entry:replay')
      .execute()
    expect(trail).toHaveLength(1)
  })

  test('reads a whole stream entry, into the shards of its buyers', async () => {
    const other = await insertOrganization(database.ownerDb, clock, { kind: 'buyer', name: '乙' })
    const list = [
      eventOf({ idempotencyKey: null }),
      eventOf({ buyerId: other, idempotencyKey: null }),
    ]
    const fields = [
      'b',
      'boot_x',
      's',
      '7',
      'n',
      '2',
      'c',
      '0',
      'a',
      '0',
      'e',
      JSON.stringify(list),
    ]
    const entryId = await park(JSON.stringify(fields))
    expect(await replayParkedEntry(as('system_admin'), { entryId })).toMatchObject({ inserted: 2 })
    const stored = await events()
    expect(new Set(stored.map((row) => row.shard))).toEqual(
      new Set([shardOf(buyerId), shardOf(other)]),
    )
    expect(stored.find((row) => row.buyer_id === other)).toMatchObject({
      boot_id: 'boot_x',
      boot_sequence: 8n,
    })
  })

  test('leaves parked what still cannot be read, and writes nothing', async () => {
    const entryId = await park(JSON.stringify({ ...eventOf(), records: -1 }))
    expect(await replayParkedEntry(as('system_admin'), { entryId })).toMatchObject({
      kind: 'still_unreadable',
    })
    expect(await countParkedEntries(database.db, { buyerId })).toBe(1)
    expect(await events()).toEqual([])
  })

  test('of an event that is stored already changes nothing and ends', async () => {
    const event = eventOf()
    const first = await park(JSON.stringify(event))
    const second = await park(JSON.stringify(event))
    await replayParkedEntry(as('system_admin'), { entryId: first })
    expect(await replayParkedEntry(as('system_admin'), { entryId: second })).toEqual({
      kind: 'replayed',
      events: 1,
      inserted: 0,
    })
    expect(await events()).toHaveLength(1)
  })

  test.each(['operator_head', 'auditor', 'operator_maker', 'buyer_admin'] as const)(
    'is refused to the role %s',
    async (role) => {
      await expect(replayParkedEntry(as(role), { entryId: 1n })).rejects.toThrow(/FORBIDDEN/)
    },
  )
})

describe('a corrected body', () => {
  const approve = (ctx: Context, proposalId: Id<'proposal'>) =>
    decideParkedProposal(ctx, { proposalId, verdict: 'approved', note: '已核对' })

  test('that changes no business fact is approved by another administrator; the first body stays', async () => {
    const broken = JSON.stringify({ ...eventOf(), durationMs: -5 })
    const entryId = await park(broken)
    const maker = as('system_admin')
    const body = JSON.stringify({ ...(JSON.parse(broken) as UsageEvent), durationMs: 5 })
    const told = await proposeParkedCorrection(maker, { entryId, body, reason: '时长为负' })
    expect(told).toMatchObject({ changes: [] })
    await expect(approve(maker, told.proposalId)).rejects.toThrow(/SELF_APPROVAL/)
    expect(await events()).toEqual([])
    expect(await approve(as('system_admin'), told.proposalId)).toEqual({ kind: 'approved' })
    expect(await approve(as('system_admin'), told.proposalId)).toEqual({ kind: 'already_decided' })
    expect(await events()).toMatchObject([{ duration_ms: 5 }])
    const [entry] = await listParkedEntries(as('operator_head'), { open: false })
    expect(entry).toMatchObject({ body: broken, resolution: 'corrected', proposals: [{ body }] })
  })

  test('that changes what is charged needs the head of the operator whose product it is', async () => {
    const entryId = await park(JSON.stringify({ ...eventOf(), records: -1 }))
    const body = JSON.stringify(eventOf({ records: 1 }))
    const told = await proposeParkedCorrection(as('system_admin'), {
      entryId,
      body,
      reason: '更正',
    })
    expect(told.changes).toContain('records')
    await expect(approve(as('system_admin'), told.proposalId)).rejects.toThrow(/FORBIDDEN/)
    const stranger = as('operator_head', newId('org', clock))
    await expect(approve(stranger, told.proposalId)).rejects.toThrow(/NOT_FOUND/)
    expect(await events()).toEqual([])
    await approve(as('operator_head'), told.proposalId)
    expect(await events()).toMatchObject([{ records: 1n }])
    expect(await proof()).toMatchObject({ holds: true })
  })

  test('must be readable, and only one is open at a time; a refused one makes room', async () => {
    const entryId = await park('garbage')
    const admin = as('system_admin')
    const body = JSON.stringify(eventOf())
    const propose = (text: string) =>
      proposeParkedCorrection(admin, { entryId, body: text, reason: '更正' })
    await expect(propose('{}')).rejects.toThrow(/VALIDATION_FAILED/)
    const { proposalId } = await propose(body)
    await expect(propose(body)).rejects.toThrow(/CONFLICT/)
    await decideParkedProposal(as('operator_head'), {
      proposalId,
      verdict: 'refused',
      note: '不对',
    })
    await propose(body)
    expect(await events()).toEqual([])
  })
})

describe('a discard', () => {
  const propose = (entryId: bigint) =>
    proposeParkedDiscard(as('system_admin'), { entryId, reason: '测试写入' })

  test('is refused of what names a buyer, a key or a boot of ours', async () => {
    const names = await park(`{"buyerId":"${buyerId}","broken":`)
    await expect(propose(names)).rejects.toThrow(/PARKED_ENTRY_MAY_BE_OURS/)
    const bootId = newId('boot', clock)
    await database.ownerDb
      .insertInto('metering.gateway_boot')
      .values({ boot_id: bootId, started_at: clock.now() })
      .execute()
    const fromBoot = await park('{"nothing":1}', bootId)
    await expect(propose(fromBoot)).rejects.toThrow(/PARKED_ENTRY_MAY_BE_OURS/)
  })

  test('of what was never ours, or is stored, ends it once a second person agrees', async () => {
    const foreign = await park(JSON.stringify(['hello', 'world']))
    const { proposalId } = await propose(foreign)
    expect(await countParkedEntries(database.db, { buyerId })).toBe(1)
    await decideParkedProposal(as('operator_head'), { proposalId, verdict: 'approved', note: '是' })
    const event = eventOf()
    await replayParkedEntry(as('system_admin'), { entryId: await park(JSON.stringify(event)) })
    const twice = await propose(await park(JSON.stringify({ ...event, records: -3 })))
    const second = { proposalId: twice.proposalId, verdict: 'approved', note: '重复' } as const
    await decideParkedProposal(as('operator_head'), second)
    expect(await countParkedEntries(database.db, { buyerId })).toBe(0)
    expect(await events()).toHaveLength(1)
  })
})

test('the database refuses to change a parked body, to undo an approval by the proposer, to delete', async () => {
  const entryId = await park('garbage')
  const { db } = database
  await expect(
    db.updateTable('metering.parked_entry').set({ body: 'x' }).where('id', '=', entryId).execute(),
  ).rejects.toThrow(/permission denied/)
  await expect(
    db.deleteFrom('metering.parked_entry').where('id', '=', entryId).execute(),
  ).rejects.toThrow(/permission denied/)
  const admin = as('system_admin')
  const body = JSON.stringify(eventOf())
  const { proposalId } = await proposeParkedCorrection(admin, { entryId, body, reason: '更正' })
  const { actor } = admin
  await expect(
    db
      .updateTable('metering.parked_proposal')
      .set({
        verdict: 'approved',
        decided_by: actor.kind === 'person' ? actor.personId : '',
        decided_at: clock.now(),
      })
      .where('id', '=', proposalId)
      .execute(),
  ).rejects.toThrow(/parked_proposal_two_people/)
})

test('the same event id with other facts is kept as a conflict; the first stands', async () => {
  const first = eventOf({ idempotencyKey: null })
  await writeEvent(first)
  await writeEvent(first)
  const conflicts = () => database.db.selectFrom('metering.usage_conflict').selectAll().execute()
  expect(await conflicts()).toEqual([])
  await writeEvent({ ...first, records: 9, bytes: 1 })
  await writeEvent({ ...first, records: 9, bytes: 1 })
  expect(await conflicts()).toMatchObject([
    { event_id: first.eventId, differs: ['records', 'bytes'], boot_id: 'b' },
  ])
  expect(await events()).toMatchObject([{ records: 2n, bytes: 300n }])
  expect(await proof()).toMatchObject({ events: 1n, holds: true })
})

test('every fact of an event is compared, one that is not there too', async () => {
  const first = eventOf({
    ...{ idempotencyKey: null, requestDigest: null },
    ...{ resultClass: 'refused', reason: '包含 | , " and more', billable: false },
  })
  await writeEvent(first)
  await writeEvent(first)
  const changes: Partial<UsageEvent>[] = [
    { mode: 'sandbox' },
    { keyId: 'key_other' },
    { subscriptionId: null },
    { productId: 'product_other' },
    { productVersionId: null },
    { scenarioId: null },
    { purposeClass: null },
    { priceReference: null },
    { requestId: 'request_other' },
    { route: 'GET /other' },
    { resultClass: 'not_found' },
    { reason: '' },
    { httpStatus: 404 },
    { resultClass: 'found', billable: true },
    { attempts: 2 },
    { records: 3 },
    { bytes: 0 },
    { durationMs: 1 },
    { requestDigest: 'digest' },
    { resultClass: 'repeated', repeatsEventId: '01a05883-6048-7d6e-8e73-cb8a8d4d8e18' },
  ]
  for (const change of changes) await writeEvent({ ...first, ...change })
  const conflicts = await database.db
    .selectFrom('metering.usage_conflict')
    .select('differs')
    .orderBy('id')
    .execute()
  const names = factColumns.map((column) => column.name)
  expect(conflicts.map((row) => row.differs.at(-1))).toEqual(names)
  expect(conflicts.filter((row) => row.differs.length > 1)).toHaveLength(2)
})
