import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, DeliveryRequest } from '#api/gateway/connector.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import { useFileService } from '#tests/builders/file-service.ts'
import { sampleParameter, sampleRequest, sampleUpstream } from '#tests/builders/upstream.ts'
import { oneBufferBytes } from './file.ts'
import { closeConnectors, createConnectors } from './index.ts'

const service = useFileService()
let egress: Egress
let connectors: ReturnType<typeof createConnectors>
let small: Buffer
let large: Buffer

beforeAll(() => {
  egress = createEgress({ allowedOrigins: [service.origin] })
  connectors = createConnectors({ egress })
  small = service.put('small.csv', 1_000)
  large = service.put('large.csv', 3 * oneBufferBytes + 17)
})
beforeEach(() => service.behave('ranges'))
afterAll(async () => {
  await closeConnectors(connectors)
  await egress.close()
})

function ask(
  name: string,
  more: Partial<DeliveryRequest> = {},
  upstream: Partial<Parameters<typeof sampleUpstream>[0]> = {},
): Promise<Delivery> {
  const connector = upstream.connector === 'report' ? connectors.report : connectors.file
  return connector.deliver(
    sampleRequest({ path: `/${name}`, ...more }),
    sampleUpstream({
      connector: 'file',
      address: service.origin,
      resultRule: { kind: 'status', notFoundStatuses: [404] },
      ...upstream,
      delivery: {
        mode: 'download',
        path: '/{name}',
        contentType: 'text/csv',
        parameters: [sampleParameter('name', 'path')],
        responseBytesMax: 64 * 1024 * 1024,
        ...upstream.delivery,
      },
    }),
    new AbortController().signal,
  )
}

async function bytesOf(delivery: Delivery): Promise<Buffer> {
  if (delivery.resultClass === 'streamed') return buffer(delivery.chunks)
  if (delivery.resultClass === 'failed') throw new Error(delivery.why)
  return delivery.body
}

test('a small file is held, with what a caller may know of it', async () => {
  const delivery = await ask('small.csv')
  expect(delivery).toEqual({
    resultClass: 'found',
    status: 200,
    headers: {
      'content-type': 'text/csv',
      etag: service.etagOf('small.csv'),
      'accept-ranges': 'bytes',
    },
    body: small,
    records: 1n,
  })
})

test('at one buffer it is held, one byte above it comes in pieces', async () => {
  const held = service.put('held.csv', oneBufferBytes)
  const above = service.put('above.csv', oneBufferBytes + 1)
  const [first, second] = [await ask('held.csv'), await ask('above.csv')]
  expect([first.resultClass, second.resultClass]).toEqual(['found', 'streamed'])
  expect((await bytesOf(first)).equals(held)).toBe(true)
  expect((await bytesOf(second)).equals(above)).toBe(true)
})

describe.each(['ranges', 'no_ranges'] as const)('one range, from a service with %s', (how) => {
  beforeEach(() => service.behave(how))

  test.each([
    ['bytes=0-99', 0, 100],
    ['bytes=900-', 900, 1_000],
    ['bytes=-1', 999, 1_000],
    ['bytes=990-5000', 990, 1_000],
  ])('%s', async (range, from, to) => {
    const delivery = await ask('small.csv', { range })
    expect(delivery).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes ${from}-${to - 1}/1000` },
    })
    expect((await bytesOf(delivery)).equals(small.subarray(from, to))).toBe(true)
  })

  test('a large one comes in pieces too', async () => {
    const delivery = await ask('large.csv', { range: 'bytes=1000000-2999999' })
    expect(delivery).toMatchObject({
      resultClass: 'streamed',
      status: 206,
      headers: { 'content-length': '2000000' },
    })
    expect((await bytesOf(delivery)).equals(large.subarray(1_000_000, 3_000_000))).toBe(true)
  })

  test('bytes the file has not are refused, with its length', async () => {
    await expect(ask('small.csv', { range: 'bytes=1000-' })).rejects.toMatchObject({
      code: 'RANGE_NOT_SATISFIABLE',
      detail: { contentRange: 'bytes */1000' },
    })
  })

  test('If-Range gives the part while the file is the same, else the whole', async () => {
    const asked = { range: 'bytes=0-9', ifRange: service.etagOf('small.csv') }
    expect(await ask('small.csv', asked)).toMatchObject({ status: 206 })
    expect(await ask('small.csv', { ...asked, ifRange: '"another"' })).toMatchObject({
      status: 200,
      body: small,
    })
  })

  test('several ranges are answered by the whole', async () => {
    expect(await ask('small.csv', { range: 'bytes=0-1,5-6' })).toMatchObject({ status: 200 })
  })
})

test('HEAD says how long it is and reads nothing', async () => {
  const delivery = await ask('large.csv', { method: 'HEAD', range: 'bytes=0-9' })
  expect(delivery).toMatchObject({
    resultClass: 'found',
    status: 200,
    headers: { 'content-length': String(large.length), 'accept-ranges': 'bytes' },
    body: Buffer.alloc(0),
  })
  expect(service.asked().at(-1)?.method).toBe('HEAD')
})

test('a file of unknown length is read to its end', async () => {
  service.behave('chunked')
  expect(await ask('small.csv')).toMatchObject({ resultClass: 'found', body: small })
  const delivery = await ask('large.csv')
  expect(delivery).toMatchObject({ resultClass: 'streamed' })
  expect((await bytesOf(delivery)).equals(large)).toBe(true)
})

test('a file that is not there is not found, and the provider’s page about it stays there', async () => {
  expect(await ask('none.csv')).toEqual({
    resultClass: 'not_found',
    status: 404,
    headers: {},
    body: Buffer.alloc(0),
    records: 0n,
  })
})

test.each([
  ['announced', 'ranges'],
  ['unannounced', 'chunked'],
] as const)('a file larger than its product allows is not delivered: %s', async (_what, how) => {
  service.behave(how)
  const delivery = await ask(
    'large.csv',
    {},
    { delivery: { responseBytesMax: 2 * oneBufferBytes } },
  )
  await expect(bytesOf(delivery)).rejects.toThrow('too_large')
})

test('a part that is another than asked for is a failed delivery', async () => {
  service.answer((_incoming, outgoing) =>
    outgoing.writeHead(206, { 'content-range': 'bytes 5-9/10', 'content-length': 5 }).end('56789'),
  )
  expect(await ask('small.csv', { range: 'bytes=0-4' })).toMatchObject({ why: 'answered 206' })
  expect(await ask('small.csv')).toMatchObject({ why: 'answered 206' })
})

test('a file that ends before its announced length breaks off', async () => {
  service.answer((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': large.length })
    outgoing.write(large.subarray(0, 2_000_000), () => outgoing.destroy())
  })
  const delivery = await ask('large.csv')
  expect(delivery.resultClass).toBe('streamed')
  await expect(bytesOf(delivery)).rejects.toThrow('unreachable')
})

test('a rule that would have to look inside is no rule for files', async () => {
  const resultRule = { kind: 'json' as const, foundPointer: '/data', notFoundStatuses: [404] }
  expect(await ask('small.csv', {}, { resultRule })).toMatchObject({ why: 'result_rule' })
})

describe('a report', () => {
  const report = {
    connector: 'report' as const,
    settings: { path: '/{name}', fileName: '渠道报告-{name}.pdf' },
    delivery: { mode: 'report' as const, contentType: 'application/pdf' },
  }
  const answerWith = (type: string): void =>
    service.answer((_incoming, outgoing) =>
      outgoing.writeHead(200, { 'content-type': type }).end('%PDF-1.7'),
    )

  test('is an attachment under a name made of its period', async () => {
    answerWith('application/pdf; charset=binary')
    const delivery = await ask('2026-01', {}, report)
    expect(delivery).toMatchObject({ resultClass: 'found', body: Buffer.from('%PDF-1.7') })
    expect('headers' in delivery && delivery.headers['content-disposition']).toBe(
      `attachment; filename="____-2026-01.pdf"; filename*=UTF-8''%E6%B8%A0%E9%81%93%E6%8A%A5%E5%91%8A-2026-01.pdf`,
    )
  })

  test('is not delivered where the service answers with a page instead', async () => {
    answerWith('text/html')
    expect(await ask('2026-01', {}, report)).toMatchObject({ resultClass: 'failed' })
  })
})
