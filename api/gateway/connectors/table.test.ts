import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LookupFunction } from 'node:net'
import type { Delivery, OpenUpstream } from '#api/gateway/connector.ts'
import { systemClock } from '#kernel/clock.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import { createEgressPolicy } from '#kernel/egress-policy.ts'
import { newId } from '#kernel/ids.ts'
import { useProviderDatabase } from '#tests/builders/provider-database.ts'
import { sampleParameter, sampleRequest, sampleUpstream } from '#tests/builders/upstream.ts'
import { closeConnectors, createConnectors } from './index.ts'
import { createUpstreamInspector } from './inspect-upstream.ts'

const provider = useProviderDatabase(`
create table lot (
  lot_id text primary key, name text not null, district text not null, spaces int not null, total bigint not null,
  fee numeric(6, 2) not null, opened date not null, seen timestamptz not null, tags text[] not null,
  facts jsonb not null, is_open boolean not null, secret_note text not null
);
insert into lot select 'P' || n, 'Lot ' || n, case when n % 2 = 0 then 'even' else 'odd' end, n, 9007199254740993,
  2.50, '2026-01-05', '2026-01-05 08:00:00+08', array['a', 'b'], '{"k": 1}', true, 'not for you'
  from generate_series(1, 30) n;
create view changing_lot as select lot_id, spaces from lot;
create view slow_lot as select lot_id, name, pg_sleep(case when lot_id = 'P1' then 30 else 0 end)::text as waited from lot;
create view broken_lot as select lot_id, (1 / (spaces - spaces))::int as spaces from lot;
create view wide_lot as select lot_id, repeat('x', 100000) as name, district from lot;
`)

let egress: Egress
let connectors: ReturnType<typeof createConnectors>
let reader: string
let watched: string[]

beforeAll(async () => {
  reader = await provider.makeRole(
    'reader',
    (role) => `grant select on all tables in schema public to ${role}`,
  )
})
beforeEach(() => {
  watched = []
  egress = createEgress({ allowedOrigins: [provider.origin] })
  connectors = createConnectors({
    egress,
    watch: { call: (_id, outcome) => watched.push(outcome), circuit: () => undefined },
  })
})
afterEach(async () => {
  await closeConnectors(connectors)
  await egress.close()
})

const everyColumn = [
  'lot_id',
  'spaces',
  'total',
  'fee',
  'opened',
  'seen',
  'tags',
  'facts',
  'is_open',
]
const lotParameter = sampleParameter('lot', 'path')

function table(
  settings: object = {},
  more: Partial<Parameters<typeof sampleUpstream>[0]> = {},
): OpenUpstream {
  return sampleUpstream({
    connector: 'table',
    address: provider.addressOf(reader),
    secret: provider.password,
    fields: [...everyColumn, 'name', 'district', 'waited'],
    settings: {
      table: 'lot',
      columns: everyColumn,
      keys: [{ column: 'lot_id', parameter: 'lot' }],
      tls: 'off',
      ...settings,
    },
    ...more,
    delivery: {
      mode: 'download',
      path: '/lots/{lot}',
      parameters: [lotParameter],
      ...more.delivery,
    },
  })
}

function ask(upstream: OpenUpstream, lot = 'P7', signal?: AbortSignal): Promise<Delivery> {
  return connectors.table.deliver(
    sampleRequest({ path: `/lots/${encodeURIComponent(lot)}` }),
    upstream,
    signal ?? new AbortController().signal,
  )
}

const bodyOf = (delivery: Delivery): unknown =>
  'body' in delivery ? JSON.parse(delivery.body.toString()) : delivery

test('one row comes as JSON that loses nothing', async () => {
  const delivery = await ask(table())
  expect(delivery).toMatchObject({ resultClass: 'found', status: 200, records: 1n })
  expect(bodyOf(delivery)).toEqual({
    data: {
      lot_id: 'P7',
      spaces: 7,
      total: '9007199254740993',
      fee: '2.50',
      opened: '2026-01-05',
      seen: '2026-01-05T00:00:00.000Z',
      tags: ['a', 'b'],
      facts: { k: 1 },
      is_open: true,
    },
  })
})

test('a row that is not there is not found, by the version’s own rule', async () => {
  const delivery = await ask(table(), 'P99')
  expect(delivery).toMatchObject({ resultClass: 'not_found', records: 0n })
  expect(bodyOf(delivery)).toEqual({ data: null })
})

test('many rows come in their order, with the number of records', async () => {
  const many = table(
    {
      columns: ['lot_id'],
      keys: [{ column: 'district', parameter: 'lot' }],
      order: [{ column: 'spaces', direction: 'desc' }],
      rows: 'many',
      rowsMax: 3,
    },
    {
      resultRule: {
        kind: 'json',
        foundPointer: '/data',
        recordsPointer: '/data',
        notFoundStatuses: [404],
      },
    },
  )
  const delivery = await ask(many, 'even')
  expect(delivery).toMatchObject({ resultClass: 'found', records: 3n })
  expect(bodyOf(delivery)).toEqual({
    data: [{ lot_id: 'P30' }, { lot_id: 'P28' }, { lot_id: 'P26' }],
    truncated: true,
  })
  expect(bodyOf(await ask(many, 'neither'))).toEqual({ data: [] })
})

test('what a caller writes is a value, never SQL', async () => {
  const attack = `P1' or '1'='1`
  expect(await ask(table(), attack)).toMatchObject({ resultClass: 'not_found' })
  expect(await ask(table(), `P1'; drop table lot; --`)).toMatchObject({ resultClass: 'not_found' })
  const { rows } = await provider.run('select count(*)::int as lots from lot')
  expect(rows).toEqual([{ lots: 30 }])
})

describe('settings that do not fit the reviewed version', () => {
  test.each([
    ['a column its dictionary does not know', { columns: ['lot_id', 'secret_note'] }],
    ['a key that is no parameter', { keys: [{ column: 'lot_id', parameter: 'other' }] }],
    ['a parameter that nothing uses', { keys: [] }],
    ['a setting nobody knows', { where: '1 = 1' }],
  ])('%s is a failed delivery', async (_what, settings) => {
    expect(await ask(table(settings))).toMatchObject({ resultClass: 'failed', why: 'settings' })
  })
})

/** What whoever approves an upstream is told of it. */
const inspect = (upstream: OpenUpstream) =>
  createUpstreamInspector(createEgressPolicy({ allowedOrigins: [provider.origin] }))({
    ...upstream,
    upstreamId: newId('upstream', systemClock),
  })

describe('before it is approved', () => {
  test('a reader is fit, and what is no table is not looked at', async () => {
    expect(await inspect(table())).toEqual({ kind: 'fit' })
    expect(await inspect({ ...table(), connector: 'http' })).toEqual({ kind: 'fit' })
  })

  test('what cannot be looked at is not fit', async () => {
    const reasonOf = async (upstream: OpenUpstream) => {
      const found = await inspect(upstream)
      return found.kind === 'unfit' ? found.reason : 'fit'
    }
    expect(await reasonOf({ ...table(), secret: 'another password' })).toBe('unreachable')
    expect(await reasonOf({ ...table(), secret: null })).toBe('settings')
    expect(await reasonOf(table({ where: '1 = 1' }))).toBe('settings')
    const elsewhere = 'postgres://reader@127.0.0.1:9/fund'
    expect(await reasonOf(table({}, { address: elsewhere }))).toBe('address_refused')
  })
})

describe('a role that can do more than read is refused', () => {
  test.each([
    ['insert', (role: string) => `grant select, insert on lot to ${role}`],
    ['update one column', (role: string) => `grant select, update (name) on lot to ${role}`],
    [
      'delete elsewhere',
      (role: string) =>
        `create table other_${role} (id int); grant delete on other_${role} to ${role}`,
    ],
    [
      'own a table',
      (role: string) =>
        `create table own_${role} (id int); alter table own_${role} owner to ${role}`,
    ],
    ['make tables', (role: string) => `grant create on schema public to ${role}`],
    ['make roles', (role: string) => `alter role ${role} createrole`],
    ['be a superuser', (role: string) => `alter role ${role} superuser`],
  ])('because it may %s', async (what, grants) => {
    const role = await provider.makeRole(what.replaceAll(' ', '_'), grants)
    expect(await ask(table({}, { address: provider.addressOf(role) }))).toMatchObject({
      resultClass: 'failed',
      why: 'role_is_no_reader',
    })
    // Whoever is about to approve it is told the same.
    const found = await inspect(table({}, { address: provider.addressOf(role) }))
    expect(found).toMatchObject({ kind: 'unfit', reason: 'role_is_no_reader' })
    expect(found.kind === 'unfit' && found.rights?.length).toBeGreaterThan(0)
    await provider.run(`drop table if exists own_${role}; drop table if exists other_${role}`)
  })

  test('and even a reader has a session that cannot write', async () => {
    await provider.run(`
      create function sneak() returns text language sql volatile security definer
        as $$ insert into lot select 'X', name, district, spaces, total, fee, opened, seen, tags, facts, is_open, ''
              from lot limit 1 returning lot_id $$;
      create view sneaky as select sneak() as name, 'P7'::text as lot_id;
      grant select on sneaky to ${reader}`)
    const delivery = await ask(table({ table: 'sneaky', columns: ['name'] }))
    expect(delivery).toMatchObject({ resultClass: 'failed', why: 'sqlstate 25006' })
    await provider.run('drop view sneaky; drop function sneak()')
  })
})

describe('where it may connect to', () => {
  test.each([
    ['postgres://reader@10.0.0.1/fund', {}, 'address_refused'],
    ['postgres://reader@127.0.0.1:5432/fund', {}, 'address_refused'],
    ['postgres://reader@[::1]:5432/fund', {}, 'address_refused'],
    ['postgres://reader@%2Fvar%2Frun:5432/fund', {}, 'address_refused'],
    ['postgres://reader:secret@db.example.test/fund', {}, 'not_allowed'],
    ['https://db.example.test/fund', {}, 'not_allowed'],
    ['postgres://reader@db.example.test/fund', { tls: 'off' }, 'not_allowed'],
  ])('%s %j is %s', async (address, settings, why) => {
    const upstream = table({ tls: 'verify', ...settings }, { address })
    expect(await ask(upstream)).toMatchObject({ resultClass: 'failed', why })
  })

  test('a name that leads into our own network is refused when the connection is made', async () => {
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(null, [{ address: '10.1.2.3', family: 4 }])
    const strict = createEgress({ allowedOrigins: [], lookup })
    const own = createConnectors({ egress: strict })
    const upstream = table({ tls: 'verify' }, { address: 'postgres://reader@db.example.test/fund' })
    const delivery = await own.table.deliver(
      sampleRequest({ path: '/lots/P7' }),
      upstream,
      new AbortController().signal,
    )
    expect(delivery).toMatchObject({ resultClass: 'failed', why: 'address_refused' })
    await closeConnectors(own)
    await strict.close()
  })

  test('a server without TLS is not spoken to, unless the settings say so', async () => {
    expect(await ask(table({ tls: 'verify' }))).toMatchObject({ why: 'unreachable' })
  })
})

describe('time, size and connections', () => {
  test('a statement that takes too long ends at the product’s limit, on both sides', async () => {
    const slow = table(
      { table: 'slow_lot', columns: ['name', 'waited'] },
      { delivery: { timeoutMs: 200 } },
    )
    const startedAt = performance.now()
    expect(await ask(slow, 'P1')).toMatchObject({ problem: 'UPSTREAM_TIMEOUT' })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    await expect
      .poll(async () => {
        const { rows } = await provider.run(
          `select count(*)::int as running from pg_stat_activity where usename = '${reader}' and state = 'active'`,
        )
        return rows
      })
      .toEqual([{ running: 0 }])
  })

  test('a caller who hangs up is let go', async () => {
    const caller = new AbortController()
    const slow = table({ table: 'slow_lot', columns: ['name', 'waited'] })
    const delivery = ask(slow, 'P1', caller.signal)
    caller.abort()
    expect(await delivery).toMatchObject({ why: 'aborted' })
  })

  test('more than an answer may hold is not read to its end', async () => {
    const wide = table({
      table: 'wide_lot',
      columns: ['lot_id', 'name'],
      keys: [{ column: 'district', parameter: 'lot' }],
      rows: 'many',
    })
    expect(await ask(wide, 'even')).toMatchObject({ why: 'too_large' })
    // The connection of that answer went with it; the next call has a clean one.
    expect(await ask(wide, 'neither')).toMatchObject({ resultClass: 'not_found' })
  })

  test('a fault in the provider’s view fails, and no value of it is kept', async () => {
    const broken = table({ table: 'broken_lot', columns: ['lot_id', 'spaces'] })
    expect(await ask(broken)).toMatchObject({ why: 'sqlstate 22012' })
    const typed = table({ columns: ['name'], keys: [{ column: 'spaces', parameter: 'lot' }] })
    expect(await ask(typed, '420101199001011234567')).toMatchObject({ why: 'sqlstate 22003' })
    expect(watched).toEqual(['sqlstate 22012', 'sqlstate 22003'])
  })

  test('twenty calls at once share as many connections as the settings give', async () => {
    const upstream = table({ connectionsMax: 2 })
    const deliveries = await Promise.all(Array.from({ length: 20 }, () => ask(upstream)))
    for (const delivery of deliveries) expect(delivery.resultClass).toBe('found')
    const { rows } = await provider.run(
      `select count(*)::int as open from pg_stat_activity where usename = '${reader}' and datname = current_database()`,
    )
    expect((rows as { open: number }[])[0]?.open).toBeLessThanOrEqual(2)
  })

  test('a connection the provider cut is replaced within the call', async () => {
    const upstream = table()
    await ask(upstream)
    await provider.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${reader}'`,
    )
    expect(await ask(upstream)).toMatchObject({ resultClass: 'found' })
  })

  test('a view the provider changes is read as it is then, by connections that had prepared the old one', async () => {
    const upstream = table({
      table: 'changing_lot',
      columns: ['lot_id', 'spaces'],
      connectionsMax: 1,
    })
    expect(bodyOf(await ask(upstream))).toEqual({ data: { lot_id: 'P7', spaces: 7 } })
    await provider.run(
      `drop view changing_lot;
      create view changing_lot as select lot_id, spaces || ' spaces' as spaces from lot;
      grant select on changing_lot to ${reader}`,
    )
    expect(bodyOf(await ask(upstream))).toEqual({ data: { lot_id: 'P7', spaces: '7 spaces' } })
  })

  test.each([null, ''])('without a password (%j) it does not even begin', async (secret) => {
    expect(await ask(table({}, { secret }))).toMatchObject({ why: 'settings' })
  })

  test('a wrong password fails', async () => {
    expect(await ask(table({}, { secret: 'wrong' }))).toMatchObject({ why: 'sqlstate 28P01' })
  })
})
