import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { dayPeriod, makePeriod, startOfDay } from '#kernel/period.ts'
import { metered, refusedWithoutProduct, useMeteredCity } from '#tests/builders/metered-city.ts'
import { testContext, useDatabase, useRedis } from '#tests/harness/index.ts'
import { leafOf, leafText, restOf, type UsageEventRow } from './leaf.ts'
import { proveSeals } from './prove-seals.ts'
import { lockSealing } from './seal-rounds.queries.ts'
import { sealUsage } from './seal-usage.ts'

const database = useDatabase()
const redis = useRedis()
const city = useMeteredCity(database, redis)
const ctx = () => ({
  ...testContext({ db: database.db, clock: city.clock }),
  keys: city.keys,
})
const june15 = dayPeriod('2026-06-15')

/** 15 June: three calls of one subscription, one of another buyer, two refusals that belong to a key. */
async function dayOfUse(): Promise<void> {
  for (let count = 0; count < 3; count++) await city.call({ records: count })
  await city.call({ buyerId: metered.otherBuyerId, subscriptionId: metered.otherSubscriptionId })
  await city.call({ productId: metered.otherProductId, billable: false, reason: 'public_interest' })
  await city.call({ ...refusedWithoutProduct, attempts: 4 })
  await city.call({ ...refusedWithoutProduct, productId: metered.productId })
  await city.settle()
}

async function nextDay(): Promise<void> {
  city.clock.set(startOfDay('2026-06-16'))
  city.clock.advance(60_000)
  await city.settle()
}

async function seals() {
  return database.db
    .selectFrom('metering.seal')
    .selectAll()
    .orderBy('product_id')
    .orderBy('sequence')
    .execute()
}

describe('sealing a day', () => {
  test('waits until the day is over and all its events are committed', async () => {
    await dayOfUse()
    expect(await sealUsage(ctx())).toMatchObject({ kind: 'sealed', rounds: [] })
    city.clock.set(startOfDay('2026-06-16'))
    // The gateway has said nothing yet, so events of the day may still come.
    expect(await sealUsage(ctx())).toMatchObject({ rounds: [] })
    await city.settle()
    expect(await sealUsage(ctx())).toMatchObject({
      kind: 'sealed',
      through: '2026-06-15',
      // 7 events, of which one counts 4 attempts; 3 + 1 are billed.
      rounds: [
        { day: '2026-06-15', supplement: 0, seals: 3, events: 7n, attempts: 10n, billed: 4n },
      ],
    })
  })

  test('makes a seal for each product and one for attempts without any, each with its subtrees', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    expect(await seals()).toMatchObject([
      { product_id: '-', subtrees: 1, events: 1n, attempts: 4n, billed: 0n, previous_digest: null },
      { product_id: metered.productId, subtrees: 3, events: 5n, attempts: 5n, billed: 4n },
      { product_id: metered.otherProductId, subtrees: 1, events: 1n, billed: 0n },
    ])
    const subtrees = await database.db
      .selectFrom('metering.seal_subtree')
      .innerJoin('metering.seal', 'metering.seal.id', 'seal_id')
      .select(['owner_kind', 'owner_id', 'buyer_id', 'metering.seal_subtree.events'])
      .where('product_id', '=', metered.productId)
      .orderBy('position')
      .execute()
    expect(subtrees).toEqual([
      { owner_kind: 'key', owner_id: metered.keyId, buyer_id: metered.buyerId, events: 1n },
      {
        ...{ owner_kind: 'subscription', owner_id: metered.subscriptionId },
        ...{ buyer_id: metered.buyerId, events: 3n },
      },
      {
        ...{ owner_kind: 'subscription', owner_id: metered.otherSubscriptionId },
        ...{ buyer_id: metered.otherBuyerId, events: 1n },
      },
    ])
  })

  test('is done once, by however many ask, and chains each product', async () => {
    await dayOfUse()
    await nextDay()
    await Promise.all(Array.from({ length: 4 }, () => sealUsage(ctx())))
    const first = await seals()
    expect(first).toHaveLength(3)
    await city.call()
    await city.settle()
    city.clock.set(startOfDay('2026-06-18'))
    await city.settle()
    // The 17th had no use; it is closed all the same.
    expect(await sealUsage(ctx())).toMatchObject({
      rounds: [
        { day: '2026-06-16', seals: 1, events: 1n },
        { day: '2026-06-17', seals: 0, events: 0n },
      ],
    })
    const all = await seals()
    expect(all.filter((seal) => seal.day === '2026-06-15')).toEqual(first)
    expect(all.find((seal) => seal.day === '2026-06-16')).toMatchObject({
      sequence: 2n,
      previous_digest: first.find((seal) => seal.product_id === metered.productId)?.digest,
    })
    expect(
      await database.db.selectFrom('metering.seal_round').select('day').execute(),
    ).toHaveLength(3)
  })

  test('tells both bureaus the root and the counts', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    const told = await database.db.selectFrom('kernel.outbox').select(['kind', 'payload']).execute()
    expect(told).toMatchObject([
      {
        kind: 'usage.sealed',
        payload: { day: '2026-06-15', supplement: '0', seals: '3', events: '7', billed: '4' },
      },
    ])
    expect(told[0]?.payload).toHaveProperty('root', expect.stringMatching(/^sm3:[0-9a-f]{64}$/))
  })

  test('by another algorithm names it, and later days may use the first again', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx(), { algorithm: 'sha256' })
    for (const seal of await seals()) expect(seal.root).toMatch(/^sha256:/)
    await city.call()
    city.clock.set(startOfDay('2026-06-17'))
    await city.settle()
    await sealUsage(ctx())
    expect((await seals()).filter((seal) => seal.root.startsWith('sm3:'))).toHaveLength(1)
    const days = makePeriod({ from: june15.from, to: startOfDay('2026-06-17') })
    expect(await proveSeals(ctx(), days)).toMatchObject({ holds: true, seals: 4 })
  })
})

describe('what is committed after the seal of its day', () => {
  test('is sealed in numbered supplements that go on with the chain', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    const late = startOfDay('2026-06-15').getTime() + 3_600_000
    for (const supplement of [1, 2]) {
      await city.call({ occurredAtMs: late })
      await city.settle()
      expect(await sealUsage(ctx())).toMatchObject({
        rounds: [{ day: '2026-06-15', supplement, seals: 1, events: 1n }],
      })
    }
    expect(await sealUsage(ctx())).toMatchObject({ rounds: [] })
    const chain = (await seals()).filter((seal) => seal.product_id === metered.productId)
    expect(chain.map((seal) => [seal.sequence, seal.supplement])).toEqual([
      [1n, 0],
      [2n, 1],
      [3n, 2],
    ])
    expect(chain.map((seal) => seal.previous_digest)).toEqual([
      null,
      chain[0]?.digest,
      chain[1]?.digest,
    ])
    expect(await proveSeals(ctx(), june15)).toMatchObject({ holds: true, events: 9n })
  })

  test('is sealed also where another sealer, who knew less, came first', async () => {
    await dayOfUse()
    await nextDay()
    const waiting = async () => {
      const { rows } = await sql<{ sealers: number }>`
        select count(*)::int as sealers from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`.execute(
        database.db,
      )
      return rows[0]?.sealers
    }
    const [first, second] = await database.ownerDb
      .transaction()
      .execute(async (tx) => {
        await lockSealing(tx)
        const before = sealUsage(ctx())
        await expect.poll(waiting, { timeout: 5_000 }).toBe(1)
        await city.call({ occurredAtMs: june15.from.getTime() })
        await city.settle()
        const after = sealUsage(ctx())
        await expect.poll(waiting, { timeout: 5_000 }).toBe(2)
        return [before, after] as const
      })
      .then((both) => Promise.all(both))
    expect(first).toMatchObject({ rounds: [{ supplement: 0, events: 7n }] })
    expect(second).toMatchObject({ rounds: [{ supplement: 1, events: 1n }] })
    expect(await proveSeals(ctx(), june15)).toMatchObject({ holds: true, events: 8n })
  })

  test('before the first day that was sealed leaves no day out', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    await city.call({ occurredAtMs: startOfDay('2026-06-12').getTime() })
    await city.settle()
    await sealUsage(ctx())
    const rounds = await database.db
      .selectFrom('metering.seal_round')
      .select(['day', 'seals'])
      .orderBy('day')
      .execute()
    expect(rounds).toEqual([
      { day: '2026-06-12', seals: 1 },
      { day: '2026-06-13', seals: 0 },
      { day: '2026-06-14', seals: 0 },
      { day: '2026-06-15', seals: 3 },
    ])
    const days = makePeriod({ from: startOfDay('2026-06-01'), to: startOfDay('2026-06-17') })
    expect(await proveSeals(ctx(), days)).toMatchObject({ holds: true })
  })
})

describe('proving the seals', () => {
  const columns = Object.keys({
    buyer_id: 0,
    occurred_at: 0,
    event_id: 0,
    recorded_at: 0,
    mode: 0,
    shard: 0,
    batch: 0,
    boot_id: 0,
    boot_sequence: 0,
    key_id: 0,
    subscription_id: 0,
    product_id: 0,
    product_version_id: 0,
    scenario_id: 0,
    purpose_class: 0,
    price_reference: 0,
    request_id: 0,
    route: 0,
    result_class: 0,
    reason: 0,
    http_status: 0,
    billable: 0,
    attempts: 0,
    records: 0,
    bytes: 0,
    duration_ms: 0,
    request_digest: 0,
    repeats_event_id: 0,
  } satisfies Record<keyof UsageEventRow, 0>) as (keyof UsageEventRow)[]

  /** Another value of the column, still within the constraints of the table. */
  const others: Partial<Record<keyof UsageEventRow, string>> = {
    occurred_at: `occurred_at + interval '1 second'`,
    event_id: 'gen_random_uuid()',
    recorded_at: `recorded_at + interval '1 second'`,
    mode: `'sandbox', billable = false`,
    shard: '(shard + 1) % 4',
    batch: 'batch - 1',
    boot_sequence: 'boot_sequence + 1',
    purpose_class: `'public_interest', billable = false`,
    result_class: `'not_found'`,
    billable: 'false',
    attempts: `2, result_class = 'refused', billable = false`,
    http_status: 'http_status + 1',
    records: 'records + 1',
    bytes: 'bytes + 1',
    duration_ms: 'duration_ms + 1',
    repeats_event_id: `gen_random_uuid(), result_class = 'repeated', billable = false`,
  }

  test('fails for any changed column of one event and names the day and the product', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    expect(await proveSeals(ctx(), june15)).toEqual({
      seals: 3,
      events: 7n,
      faults: [],
      holds: true,
    })
    for (const column of columns) {
      const change = `update metering.usage_event set ${column} = ${others[column] ?? `'changed'`}
        where records = 1 and product_id = '${metered.productId}'`
      const proof = await undone(change)
      expect(proof, column).toMatchObject({ holds: false })
      expect(
        proof.faults.map((fault) => [fault.day, fault.productId]),
        column,
      ).toContainEqual(['2026-06-15', expect.stringMatching(/^(product_0metered0+1|\*)$/)])
    }
  })

  test('fails for a removed event, an added one and a changed seal', async () => {
    await dayOfUse()
    await nextDay()
    await sealUsage(ctx())
    const at = { day: '2026-06-15', productId: metered.productId, supplement: 0 }
    const changed = { ...at, reason: 'an event was changed, removed or added' }
    expect(
      await undone(
        `delete from metering.usage_event where subscription_id = '${metered.subscriptionId}' and records = 1`,
      ),
    ).toMatchObject({ faults: [{ ...changed, ownerId: metered.subscriptionId }] })
    const copy = `insert into metering.usage_event
      select (jsonb_populate_record(e, jsonb_build_object('event_id', uuidv7()))).* from metering.usage_event e
      where subscription_id = '${metered.subscriptionId}' and records = 1`
    expect(await undone(copy)).toMatchObject({ faults: [changed] })
    expect(await undone(`update metering.seal_subtree set events = events + 1`)).toMatchObject({
      holds: false,
    })
    expect(
      await undone(`update metering.seal set billed = billed - 1 where billed > 0`),
    ).toMatchObject({ faults: [{ ...at, reason: 'the seal does not say what its subtrees say' }] })
    expect(
      await undone(
        `update metering.seal set signature = (select max(signature) from metering.seal)`,
      ),
    ).toMatchObject({ holds: false })
    const gone = await undone(
      `delete from metering.seal_subtree where owner_id = '${metered.otherSubscriptionId}'`,
    )
    expect(gone.faults).toContainEqual({
      ...at,
      reason: 'events stand in no subtree',
      ownerId: metered.otherSubscriptionId,
    })
  })

  /** The proof while the owner's change stands, which is then taken back. */
  async function undone(statement: string) {
    const roll = new Error('rolled back')
    let proof: Awaited<ReturnType<typeof proveSeals>> | undefined
    await database.ownerDb
      .transaction()
      .execute(async (tx) => {
        await sql.raw(statement).execute(tx)
        proof = await proveSeals({ ...ctx(), db: tx }, june15)
        throw roll
      })
      .catch((error: unknown) => {
        if (error !== roll) throw error
      })
    if (proof === undefined) throw new Error('nothing was proven')
    return proof
  }
})

test('sealing is the platform’s own work, proving also the auditor’s', async () => {
  const person = { kind: 'person', personId: 'person_1', name: '示例', roles: ['operator_head'] }
  const actor = { ...person, organizationId: 'org_1', organizationKind: 'operator' }
  const asOperator = { ...ctx(), actor: actor as never }
  await expect(sealUsage(asOperator)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(proveSeals(asOperator, june15)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a leaf is canonical JSON', async () => {
  await dayOfUse()
  const events = await database.db.selectFrom('metering.usage_event').selectAll().execute()
  for (const event of events) {
    expect(leafText(leafOf(event, 'sm3'))).toBe(canonicalJson(leafOf(event, 'sm3')))
    expect(JSON.stringify(restOf(event))).toBe(canonicalJson(restOf(event)))
  }
})
