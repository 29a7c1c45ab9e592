import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accountBudget, setAccountTerms } from '#billing/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { shardOf } from '#metering/index.ts'
import { useFileService } from '#tests/builders/file-service.ts'
import {
  buildGatewayCity,
  forgetCounts,
  type GatewayCity,
  type RunningGateway,
  runGateway,
  sampleContent,
} from '#tests/builders/gateway.ts'
import { openCall, serveGateway, type ServedGateway } from '#tests/builders/served-gateway.ts'
import { sampleParameter } from '#tests/builders/upstream.ts'
import { useDatabase, useRedis } from '#tests/harness/index.ts'
import { closeConnectors, createConnectors } from './connectors/index.ts'

const database = useDatabase('file')
const redis = useRedis('file')
const service = useFileService()
const price = { kind: 'per_megabyte', unitPriceYuan: parseDecimal('20') } as const
let city: GatewayCity
let gateway: RunningGateway
let served: ServedGateway
let egress: Egress
let connectors: ReturnType<typeof createConnectors>
let large: Buffer

/** 20 yuan the megabyte: a file of 5 MB costs 100, and one call may deliver 10 MB: 200 are reserved. */
beforeAll(async () => {
  city = await buildGatewayCity(database, { cap: price, price })
  await database.ownerDb
    .updateTable('governance.upstream')
    .set({ connector: 'file', address: service.origin, settings: '{"credential":{"kind":"none"}}' })
    .execute()
  const content = {
    ...sampleContent,
    resultRule: { kind: 'status', notFoundStatuses: [404] },
    delivery: {
      ...sampleContent.delivery,
      ...{ mode: 'download', method: 'GET', path: '/{name}', contentType: 'text/csv' },
      parameters: [sampleParameter('name', 'path')],
      responseBytesMax: 10_000_000,
      partialDelivery: 'delivered_bytes',
    },
  }
  await database.ownerDb
    .updateTable('governance.product_version')
    .set({ content: JSON.stringify(content) })
    .execute()
  await setAccountTerms(city.head, {
    ...{ buyerId: city.buyerId, paymentMode: 'postpaid', creditLimitFen: moneyFromFen(30_000n) },
    reason: '示例',
  })
  egress = createEgress({ allowedOrigins: [service.origin] })
  connectors = createConnectors({ egress })
  gateway = await runGateway({ database, redis: redis.options, city, connectors })
  served = await serveGateway(gateway)
  large = service.put('large.csv', 5_000_000)
})
beforeEach(async () => {
  city.clock.advance(2_000)
  await gateway.recorder.untilLimitsHold()
  await gateway.settle()
  await forgetCounts(redis.client)
  await database.ownerDb
    .updateTable('metering.usage_event')
    .set({ price_reference: 'gone' })
    .execute()
})
afterAll(async () => {
  await served.close()
  await gateway.close()
  await closeConnectors(connectors)
  await egress.close()
})

const get = () =>
  openCall({
    url: `${served.origin}/data/v1/housing-fund-credit/large.csv`,
    headers: { authorization: `Bearer ${city.liveKey}` },
  })

/** What Redis counts of the account, in yuan. */
async function counted(): Promise<number> {
  const name = accountBudget({ buyerId: city.buyerId, operatorId: city.market.operatorId })
  const text = await redis.client.get(`used:{${shardOf(city.buyerId)}}:${name}`)
  return Number(text ?? 0) / 1_000_000
}

/** The provider sends 2 MB and waits; `rest` lets it go on. */
function holdBack(): () => void {
  const held = Promise.withResolvers<void>()
  service.answer((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': large.length })
    outgoing.write(large.subarray(0, 2_000_000))
    void held.promise.then(() => outgoing.end(large.subarray(2_000_000)))
  })
  return () => held.resolve()
}

async function chargedBytes(answer: IncomingMessage): Promise<number> {
  const read = async () => {
    await gateway.recorder.heartbeat()
    const row = await database.db
      .selectFrom('metering.usage_event')
      .select(['bytes', 'billable'])
      .where('event_id', '=', String(answer.headers['x-request-id']))
      .executeTakeFirst()
    return row && { bytes: Number(row.bytes), billable: row.billable }
  }
  await expect.poll(read, { timeout: 10_000 }).toMatchObject({ billable: true })
  return (await read())?.bytes ?? 0
}

test('a file under way holds what it may cost, and keeps what it did', async () => {
  const rest = holdBack()
  const first = await get()
  expect(await counted()).toBe(200)
  const refused = await get()
  expect(refused.statusCode).toBe(402)
  refused.resume()
  rest()
  expect((await buffer(first)).length).toBe(5_000_000)
  await expect.poll(counted).toBe(100)
  service.behave('ranges')
  const second = await get()
  expect(second.statusCode).toBe(200)
  await buffer(second)
  await expect.poll(counted).toBe(200)
})

test('whoever hangs up pays for the bytes that were taken, and gets the rest back', async () => {
  holdBack()
  const answer = await get()
  for await (const _piece of answer) break
  answer.destroy()
  const bytes = await chargedBytes(answer)
  expect(bytes).toBeLessThanOrEqual(2_000_000)
  await expect.poll(counted).toBe((bytes * 20) / 1_000_000)
})

test('what a file under way holds survives an emptied Redis', async () => {
  const rest = holdBack()
  const answer = await get()
  await expect
    .poll(
      async () => {
        await gateway.recorder.heartbeat()
        const row = await database.db
          .selectFrom('metering.open_delivery')
          .select('standing')
          .where('event_id', '=', String(answer.headers['x-usage-event']))
          .executeTakeFirst()
        return row?.standing
      },
      { timeout: 10_000 },
    )
    .toBe('pending')
  await redis.client.flushdb()
  await gateway.recorder.heartbeat()
  await gateway.recorder.untilLimitsHold()
  await expect.poll(counted, { timeout: 10_000 }).toBe(200)
  rest()
  expect((await buffer(answer)).length).toBe(5_000_000)
  await expect.poll(counted).toBe(100)
}, 40_000)
