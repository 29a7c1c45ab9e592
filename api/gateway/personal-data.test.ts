import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadKeyRing } from '#kernel/crypto/key-ring.ts'
import { newId } from '#kernel/ids.ts'
import type { UsageWriter } from '#metering/index.ts'
import { keysThatSay, redisTexts, says, tablesThatSay } from '#tests/builders/find-text.ts'
import {
  buildGatewayCity,
  type GatewayCity,
  sampleContent,
  startTestWriter,
} from '#tests/builders/gateway.ts'
import { useProviderDatabase } from '#tests/builders/provider-database.ts'
import { useProviderServer } from '#tests/builders/provider-server.ts'
import { serveGateway, type ServedGateway } from '#tests/builders/served-gateway.ts'
import { sampleParameter } from '#tests/builders/upstream.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import { failuresMin } from './connectors/circuit.ts'
import { type Gateway, startGateway } from './start-gateway.ts'

const database = useDatabase('file')
const redis = useRedis('file')
const provider = useProviderServer()
const tables = useProviderDatabase(`
create table person (id_number text primary key, name text not null, phone text not null, level int not null);
create view person_number as select id_number::int as id_number, name, phone, level from person`)

// Made-up people of a division that was never assigned; each text is looked for wherever something is kept
// or said.
const { idNumber, name } = { idNumber: '421299197003050775', name: '郑梓涵' }
const other = { idNumber: '421299197008120782', name: '许清越' }
const phone = '13812345678'
const needles = [idNumber, name, phone, other.idNumber, other.name]

const log: string[] = []
const keys = loadKeyRing(mkdtempSync(join(tmpdir(), 'gateway-keys-')))
let city: GatewayCity
let gateway: Gateway
let served: ServedGateway
let writer: UsageWriter | undefined

const parameters = [
  sampleParameter('id_number', 'body', { pattern: '[0-9]{17}[0-9X]' }),
  sampleParameter('name', 'body'),
  sampleParameter('phone', 'body', { isRequired: false }),
  sampleParameter('consent_reference', 'body', { pattern: '[A-Z0-9-]{8,64}' }),
]

beforeAll(async () => {
  city = await buildGatewayCity(database)
  const delivery = {
    ...sampleContent.delivery,
    ...{ parameters, consentParameter: 'consent_reference', timeoutMs: 300 },
  }
  const words = sampleContent.introduction
  const columns = ['name', 'phone', 'level'].map((each) => ({
    ...{ name: each, label: words, type: 'string', description: words },
  }))
  const content = {
    ...sampleContent,
    delivery,
    dictionary: [...sampleContent.dictionary, ...columns],
  }
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({ content: JSON.stringify(content), contains_personal_information: true })
    .where('product_id', '=', city.productId)
    .execute()
  await useUpstream('http', provider.origin, {})
  gateway = await startGateway({
    db: database.db,
    redis: redis.options,
    clock: city.clock,
    keys,
    log: pino(
      { level: 'trace' },
      new Writable({ write: (line, _encoding, done) => keepLine(line, done) }),
    ),
    egressOrigins: [provider.origin, tables.origin],
    metricsToken: 'of-this-test-and-no-other',
  })
  served = await serveGateway(gateway)
})
function startWriter(): void {
  writer = startTestWriter({ database, redis: redis.options, clock: city.clock })
}
async function stopWriter(): Promise<void> {
  await writer?.stop()
  writer = undefined
}

beforeEach(async () => {
  city.clock.advance(2_000)
  startWriter()
  await gateway.recorder.untilLimitsHold()
})
afterEach(stopWriter)
afterAll(async () => {
  startWriter()
  await served.close()
  await gateway.close()
  await stopWriter()
})

function keepLine(line: Buffer, done: () => void): void {
  log.push(line.toString())
  done()
}

async function useUpstream(connector: 'http' | 'table', address: string, settings: object) {
  await database.ownerDb.updateTable('governance.upstream').set({ status: 'retired' }).execute()
  const id = newId('upstream', city.clock)
  await database.ownerDb
    .insertInto('governance.upstream')
    .values({
      ...{ id, connector, address, product_version_id: city.productVersionId, status: 'active' },
      ...{ settings: JSON.stringify(settings), proposed_by: 'maker', approved_by: 'checker' },
      ...{ proposed_at: city.clock.now(), approved_at: city.clock.now() },
      sealed_secret: keys.closeSecret({ plain: tables.password, boundTo: id }),
    })
    .execute()
}

type Asked = Readonly<{
  body?: object | string
  path?: string
  headers?: Record<string, string>
  key?: string
}>
const consent = { consent_reference: 'CONSENT-0001' }
const person = { id_number: idNumber, name, phone, ...consent }

async function call({ body = person, path, headers = {}, key }: Asked = {}): Promise<Response> {
  const answer = await fetch(`${served.origin}/data/v1/${path ?? 'housing-fund-credit/query'}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      authorization: `Bearer ${key ?? city.liveKey}`,
      'content-type': 'application/json',
      ...headers,
    },
  })
  await answer.clone().arrayBuffer()
  return answer
}

async function eventsSince(at: Date) {
  return database.db
    .selectFrom('metering.usage_event')
    .select(['result_class', 'reason', 'billable'])
    .where('occurred_at', '>=', at)
    .execute()
}

test.each([
  ['there is none', { id_number: idNumber, name }],
  ['it is empty', { ...person, consent_reference: ' ' }],
  ['it is no text', { ...person, consent_reference: 7 }],
])('a call is refused, metered and not charged where %s (R88)', async (_what, body) => {
  const at = city.clock.now()
  const before = provider.served()
  for (const key of [city.liveKey, city.sandboxKey]) {
    const answer = await call({ body, key })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('x-billed')).toBe('false')
    expect(await answer.json()).toMatchObject({
      code: 'CONSENT_REFERENCE_REQUIRED',
      facts: { parameter: 'consent_reference' },
    })
  }
  expect(provider.served()).toBe(before)
  const refused = {
    result_class: 'refused',
    reason: 'consent_reference_required',
    billable: false,
  }
  await expect.poll(async () => eventsSince(at), { timeout: 10_000 }).toEqual([refused, refused])
})

/** Every way we know in which something personal could come in. */
async function callEveryWay(): Promise<number> {
  const about = `{"data":{"band":"A","of":"${idNumber}","name":"${name}"}}`
  const answers: Parameters<typeof provider.answer>[0][] = [
    (_incoming, outgoing) => outgoing.end(about),
    (_incoming, outgoing) => outgoing.end(about.slice(0, -9)),
    (_incoming, outgoing) => outgoing.writeHead(400).end(`unknown person ${idNumber} ${name}`),
    (_incoming, outgoing) => outgoing.writeHead(302, { location: `/${idNumber}` }).end(),
    (_incoming, outgoing) => outgoing.destroy(),
    () => undefined,
  ]
  const asked: Asked[] = [
    {},
    { key: city.sandboxKey },
    { body: { ...person, id_number: `${idNumber}0` } },
    { body: { ...person, [idNumber]: name } },
    { body: `{"id_number": "${idNumber}", ${name}` },
    { path: `housing-fund-credit/${idNumber}` },
    { path: `housing-fund-credit/query?id=${idNumber}&${idNumber}=${encodeURIComponent(name)}` },
    { path: `${idNumber}/query` },
    { path: `housing-fund-credit/query%2F${encodeURIComponent(name)}` },
    { key: `xn_live_${idNumber}` },
    {
      headers: {
        'idempotency-key': idNumber,
        'x-request-id': idNumber,
        'user-agent': `Mozilla ${phone}`,
        'x-forwarded-for': idNumber,
        range: `bytes=0-${idNumber}`,
        referer: `https://buyer.example/${idNumber}`,
        cookie: `person=${idNumber}`,
      },
    },
    { key: city.sandboxKey, headers: { 'x-sandbox-outcome': idNumber } },
  ]
  for (const answer of answers) {
    provider.answer(answer)
    for (const each of asked) await call(each)
  }
  // Enough failures that the circuit opens and the log says so.
  provider.answer((_incoming, outgoing) => outgoing.writeHead(500).end(`${idNumber} ${name}`))
  for (let number = 0; number < 2 * failuresMin; number++) await call()
  return answers.length * asked.length + 2 * failuresMin
}

/** The same person by a table: found, and in errors whose messages would quote what was asked. */
async function readTables(): Promise<readonly number[]> {
  const reader = await tables.makeRole(
    'reader',
    (role) => `
    insert into person values ('${idNumber}', '${name}', '${phone}', 1), ('not a number', '', '', 2);
    grant select on all tables in schema public to ${role}`,
  )
  const table = {
    columns: ['name', 'phone', 'level'],
    tls: 'off',
    keys: parameters.slice(0, 3).map((each) => ({ column: each.name, parameter: each.name })),
  }
  const statuses: number[] = []
  for (const name of ['person', 'person_number', 'no_such_table']) {
    await useUpstream('table', tables.addressOf(reader), { ...table, table: name })
    gateway.forgetAccess()
    statuses.push((await call()).status)
    statuses.push(
      (await call({ body: { ...person, id_number: other.idNumber, name: other.name } })).status,
    )
  }
  return statuses
}

test('identity numbers, names and phone numbers are nowhere: not in Redis, not in a table, not in the log', async () => {
  // Nothing is taken out of Redis while it is looked through.
  await stopWriter()
  await callEveryWay()
  // Found and not found; a number too large for its column, which the error quotes; a table not there.
  expect(await readTables()).toEqual([200, 200, 502, 502, 502, 502])
  const held = await redisTexts(redis.client)
  expect([...held.keys()].filter((key) => key.startsWith('usage:')).length).toBeGreaterThan(0)
  expect(keysThatSay(held, needles)).toEqual([])

  startWriter()
  await expect.poll(async () => gateway.recorder.forgetCommitted(), { timeout: 20_000 }).toBe(0)
  const events = await database.db
    .selectFrom('metering.usage_event')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(events.count)).toBeGreaterThan(60)
  expect(await tablesThatSay(database.ownerDb, needles)).toEqual([])
  expect(keysThatSay(await redisTexts(redis.client), needles)).toEqual([])
  expect(log.join('')).toContain('an upstream fails and is left alone')
  expect(log.filter((line) => says(line, needles))).toEqual([])
  const counted = await fetch(`${served.origin}/metrics`, {
    headers: { authorization: 'Bearer of-this-test-and-no-other' },
  })
  const metrics = await counted.text()
  expect(metrics).toMatch(/gateway_upstream_circuit\{upstream="upstream_\w+"\} 2/)
  expect(says(metrics, needles)).toBe(false)
}, 60_000)

test('the search finds what is there, so that it found nothing means something', async () => {
  await stopWriter()
  await redis.client.xadd('usage:{0}', '*', 'e', JSON.stringify({ of: name }))
  await redis.client.hset('some-hash', idNumber, '1')
  expect(keysThatSay(await redisTexts(redis.client), needles).toSorted()).toEqual([
    'some-hash',
    'usage:{0}',
  ])
  await database.ownerDb
    .updateTable('governance.organization')
    .set({ name: `示例${name}` })
    .where('id', '=', city.buyerId)
    .execute()
  expect(await tablesThatSay(database.ownerDb, needles)).toEqual(['governance.organization'])
  expect(says(JSON.stringify({ name }).replaceAll(/[^\x20-\x7e]/g, escaped), needles)).toBe(true)
})

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
