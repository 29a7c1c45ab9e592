import { buffer } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseDecimal } from '#kernel/decimal.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import type { PersonActor } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import { type RecordReceipt, verifyReceipt } from '#metering/index.ts'
import { useFileService } from '#tests/builders/file-service.ts'
import {
  buildGatewayCity,
  type GatewayCity,
  type RunningGateway,
  runGateway,
  sampleContent,
} from '#tests/builders/gateway.ts'
import { openCall, serveGateway, type ServedGateway } from '#tests/builders/served-gateway.ts'
import { sampleParameter } from '#tests/builders/upstream.ts'
import { testApp, testAppDeps } from '#tests/harness/app.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import { closeConnectors, createConnectors } from './connectors/index.ts'

const database = useDatabase('file')
const redis = useRedis('file')
const service = useFileService()
const perMegabyte = (yuan: string) =>
  ({ kind: 'per_megabyte', unitPriceYuan: parseDecimal(yuan) }) as const
let city: GatewayCity
let gateway: RunningGateway
let served: ServedGateway
let egress: Egress
let connectors: ReturnType<typeof createConnectors>
let large: Buffer

beforeAll(async () => {
  city = await buildGatewayCity(database, { cap: perMegabyte('30'), price: perMegabyte('20') })
  await database.ownerDb
    .updateTable('governance.upstream')
    .set({ connector: 'file', address: service.origin, settings: '{"credential":{"kind":"none"}}' })
    .execute()
  await product({})
  egress = createEgress({ allowedOrigins: [service.origin] })
  connectors = createConnectors({ egress })
  gateway = await runGateway({ database, redis: redis.options, city, connectors })
  served = await serveGateway(gateway)
  service.put('small.csv', 1_000)
  large = service.put('large.csv', 5_000_000)
})
beforeEach(async () => {
  service.behave('ranges')
  city.clock.advance(2_000)
  await gateway.recorder.untilLimitsHold()
})
afterAll(async () => {
  await served.close()
  await gateway.close()
  await closeConnectors(connectors)
  await egress.close()
})

/** Makes the product a file of the service; a version of its own, since contents are remembered. */
async function product(more: object): Promise<void> {
  const content = {
    ...sampleContent,
    resultRule: { kind: 'status', notFoundStatuses: [404] },
    delivery: {
      ...sampleContent.delivery,
      mode: 'download',
      method: 'GET',
      path: '/{name}',
      contentType: 'text/csv',
      parameters: [sampleParameter('name', 'path')],
      responseBytesMax: 100_000_000,
      ...more,
    },
  }
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({ content: JSON.stringify(content) })
    .where('product_id', '=', city.productId)
    .execute()
}

const get = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
  openCall({
    method,
    url: `${served.origin}/data/v1/housing-fund-credit/${name}`,
    headers: { authorization: `Bearer ${city.liveKey}`, ...headers },
  })

async function eventOf(answer: IncomingMessage, id = 'x-request-id') {
  const eventId = String(answer.headers[id])
  await expect
    .poll(
      async () => {
        await gateway.recorder.heartbeat()
        return database.db
          .selectFrom('metering.usage_event')
          .select(['result_class', 'reason', 'billable', 'http_status', 'bytes', 'records'])
          .where('event_id', '=', eventId)
          .execute()
      },
      { timeout: 10_000 },
    )
    .toHaveLength(1)
  return database.db
    .selectFrom('metering.usage_event')
    .select(['result_class', 'reason', 'billable', 'http_status', 'bytes', 'records'])
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow()
}

/** What the buyer gets when it asks for the receipt that the headers could not have. */
function receiptOf(answer: IncomingMessage) {
  const actor = {
    ...{ kind: 'person', personId: newId('person', city.clock), name: '示例' },
    ...{ organizationId: city.buyerId, organizationKind: 'buyer', roles: ['buyer_admin'] },
  } as const satisfies PersonActor
  const door = testApp({ db: database.db, clock: city.clock, actor })
  return door.request(`/v1/calls/${String(answer.headers['x-usage-event'])}/receipt`)
}

async function standingOf(answer: IncomingMessage) {
  const row = await database.db
    .selectFrom('metering.open_delivery')
    .select('standing')
    .where('event_id', '=', String(answer.headers['x-usage-event']))
    .executeTakeFirst()
  return row?.standing
}

test('a small file is answered as any call: charged at once, by its bytes', async () => {
  const answer = await get('small.csv')
  expect(answer.headers).toMatchObject({ 'x-billed': 'true', 'x-billing-reason': 'found' })
  expect((await buffer(answer)).length).toBe(1_000)
  expect(await eventOf(answer)).toMatchObject({ billable: true, bytes: 1_000n })
})

test('a large file is opened durably before its first byte, and closed by an event of the same id', async () => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  service.answer((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': large.length })
    outgoing.write(large.subarray(0, 2_000_000))
    void held.then(() => outgoing.end(large.subarray(2_000_000)))
  })
  const answer = await get('large.csv')
  expect(answer.headers).toMatchObject({
    'x-billed': 'pending',
    'content-length': '5000000',
    'x-usage-event': answer.headers['x-request-id'],
  })
  expect(answer.headers['x-usage-receipt']).toBeUndefined()
  // Its bytes are under way and its event is not there: the opening record is.
  await expect.poll(() => standingOf(answer), { timeout: 5_000 }).toBe('pending')
  const open = await receiptOf(answer)
  expect(open.status).toBe(409)
  expect(await open.json()).toMatchObject({ code: 'CONFLICT', facts: { reason: 'delivery_open' } })
  release()
  expect((await buffer(answer)).equals(large)).toBe(true)
  expect(await eventOf(answer)).toEqual({
    result_class: 'found',
    reason: 'found',
    billable: true,
    http_status: 200,
    bytes: 5_000_000n,
    records: 1n,
  })
  expect(await standingOf(answer)).toBe('closed')
  const closed = (await (await receiptOf(answer)).json()) as { receipt: string }
  const receipt = JSON.parse(Buffer.from(closed.receipt, 'base64url').toString()) as RecordReceipt
  expect(receipt.facts).toMatchObject({
    eventId: answer.headers['x-usage-event'],
    billed: true,
    bytes: '5000000',
  })
  const { keys } = testAppDeps({ db: database.db })
  expect(verifyReceipt(keys.publicKeys(), receipt)).toBe(true)
})

test('a range of it is charged by the bytes of the range', async () => {
  const answer = await get('large.csv', { range: 'bytes=1000000-3999999' })
  expect(answer.statusCode).toBe(206)
  expect((await buffer(answer)).equals(large.subarray(1_000_000, 4_000_000))).toBe(true)
  expect(await eventOf(answer)).toMatchObject({ bytes: 3_000_000n, http_status: 206 })
})

test('bytes the file has not: 416 with its length, metered, not charged', async () => {
  const answer = await get('small.csv', { range: 'bytes=1000-' })
  expect(answer.statusCode).toBe(416)
  expect(answer.headers).toMatchObject({ 'content-range': 'bytes */1000', 'x-billed': 'false' })
  answer.resume()
  expect(await eventOf(answer)).toMatchObject({
    result_class: 'refused',
    reason: 'range_not_satisfiable',
  })
})

test('HEAD tells the length and charges nothing', async () => {
  const answer = await get('large.csv', {}, 'HEAD')
  expect(answer.headers).toMatchObject({
    'content-length': '5000000',
    'accept-ranges': 'bytes',
    'x-billed': 'false',
    'x-billing-reason': 'head_only',
  })
  expect(await eventOf(answer)).toMatchObject({ bytes: 0n, billable: false })
})

test('an Idempotency-Key is held by the closing: the repeat comes again and is free', async () => {
  const first = await get('large.csv', { 'idempotency-key': 'once' })
  await buffer(first)
  expect(await eventOf(first)).toMatchObject({ billable: true })
  const second = await get('large.csv', { 'idempotency-key': 'once' })
  expect((await buffer(second)).equals(large)).toBe(true)
  expect(await eventOf(second)).toMatchObject({ result_class: 'repeated', billable: false })
})

const closed = (answer: IncomingMessage): Promise<void> =>
  new Promise((resolve) => answer.once('close', () => resolve()))

/** Takes some of the answer and hangs up. */
async function hangUpAfter(answer: IncomingMessage, bytes: number): Promise<number> {
  let taken = 0
  answer.on('data', (piece: Buffer) => {
    taken += piece.length
    if (taken >= bytes) answer.destroy()
  })
  await closed(answer)
  return taken
}

describe('a caller who hangs up midway', () => {
  beforeEach(() => {
    // More than the network between us holds, given as fast as it is taken.
    service.answer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 90_000_000 })
      const piece = Buffer.alloc(100_000)
      let left = 900
      const write = (): void => {
        for (; left > 0; left--) if (!outgoing.write(piece)) break
        if (left > 0) outgoing.once('drain', write)
        else outgoing.end()
      }
      write()
    })
  })

  test('is not charged where the version says nothing else', async () => {
    const answer = await get('large.csv')
    await hangUpAfter(answer, 3_000_000)
    expect(await eventOf(answer)).toMatchObject({
      result_class: 'failed',
      reason: 'caller_gone',
      billable: false,
    })
    expect(await standingOf(answer)).toBe('closed')
  })

  test('is charged for what it was given where the version says so, never for the rest', async () => {
    await product({ partialDelivery: 'delivered_bytes' })
    // Contents are remembered by version, as they never change: another gateway reads this one.
    const other = await runGateway({ database, redis: redis.options, city, connectors })
    const otherServed = await serveGateway(other)
    const answer = await openCall({
      url: `${otherServed.origin}/data/v1/housing-fund-credit/large.csv`,
      headers: { authorization: `Bearer ${city.liveKey}` },
    })
    const taken = await hangUpAfter(answer, 20_000_000)
    const event = await eventOf(answer)
    expect(event).toMatchObject({
      result_class: 'found',
      reason: 'delivered_in_part',
      billable: true,
    })
    expect(Number(event.bytes)).toBeGreaterThan(taken / 2)
    // What the network had taken of it may be more than was read, by what its buffers hold.
    expect(Number(event.bytes)).toBeLessThan(taken + 12_000_000)
    await otherServed.close()
    await other.close()
  })

  test('nor for what a provider broke off', async () => {
    service.answer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 9_000_000 })
      outgoing.write(large, () => setTimeout(() => outgoing.destroy(), 50))
    })
    const answer = await get('large.csv')
    answer.resume()
    await closed(answer)
    expect(answer.complete).toBe(false)
    expect(await eventOf(answer)).toMatchObject({
      result_class: 'failed',
      reason: 'upstream_failed',
      billable: false,
    })
  })
})

test('a small call whose caller is gone before the answer is recorded; its upstream is let go', async () => {
  let asked: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => {
    asked = resolve
  })
  let upstreamClosed = false
  service.answer((_incoming, outgoing) => {
    outgoing.on('close', () => {
      upstreamClosed = true
    })
    asked()
  })
  const at = city.clock.now()
  const caller = new AbortController()
  const answer = fetch(`${served.origin}/data/v1/housing-fund-credit/small.csv`, {
    headers: { authorization: `Bearer ${city.liveKey}` },
    signal: caller.signal,
  })
  // An answer that comes without the provider says why it did.
  const early = answer.then(async (response) => expect.unreachable(await response.text()))
  early.catch(() => undefined)
  await Promise.race([arrived, early])
  caller.abort()
  await expect(answer).rejects.toThrow('aborted')
  await expect.poll(() => upstreamClosed).toBe(true)
  await expect
    .poll(async () =>
      database.db
        .selectFrom('metering.usage_event')
        .select(['result_class', 'reason', 'billable'])
        .where('occurred_at', '>=', at)
        .execute(),
    )
    .toEqual([{ result_class: 'failed', reason: 'caller_gone', billable: false }])
})
