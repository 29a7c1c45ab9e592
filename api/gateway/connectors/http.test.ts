import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenUpstream } from '#api/gateway/connector.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import type { Id } from '#kernel/ids.ts'
import { createHttpConnector } from './http.ts'
import { createProviderLines, nobodyWatches } from './provider-line.ts'

let server: Server
let egress: Egress
let address: string
let seen: { url?: string | undefined; headers: IncomingMessage['headers']; body: string }[] = []

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      seen.push({ url: incoming.url, headers: incoming.headers, body })
      if (body.includes('break')) outgoing.writeHead(500).end('a stack trace')
      else if (body.includes('wait')) return
      else
        outgoing
          .writeHead(200, { 'content-type': 'application/json', 'x-internal-host': 'db7' })
          .end(body.includes('unknown') ? '{"data":null}' : '{"data":{"band":"A"}}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  egress = createEgress({ allowedOrigins: [address] })
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await egress.close()
})

function upstream(more: Partial<OpenUpstream> = {}): OpenUpstream {
  const words = { zh: '编号', en: 'Number' }
  return {
    upstreamId: 'upstream_00000000000000000000' as Id<'upstream'>,
    connector: 'http',
    address: `${address}/fund/`,
    settings: {},
    secret: 'the-credential',
    delivery: {
      mode: 'api',
      method: 'POST',
      path: '/query/{kind}',
      contentType: 'application/json',
      parameters: [
        {
          name: 'kind',
          in: 'path',
          type: 'string',
          isRequired: true,
          description: words,
          example: 'a',
        },
        {
          name: 'no',
          in: 'body',
          type: 'string',
          isRequired: true,
          description: words,
          example: '1',
        },
      ],
      timeoutMs: 300,
      responseBytesMax: 1_024,
    },
    resultRule: { kind: 'json', foundPointer: '/data', notFoundStatuses: [404] },
    fields: ['band'],
    ...more,
  }
}

function deliver(no: string, to: OpenUpstream = upstream()) {
  seen = []
  return createHttpConnector({ egress, lines: createProviderLines(nobodyWatches) }).deliver(
    {
      method: 'POST',
      path: '/query/a%2Fb',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify({ no })),
      requestId: 'r1',
    },
    to,
    new AbortController().signal,
  )
}

test('a found answer comes back as it was, without the provider’s own headers', async () => {
  const delivery = await deliver('7')
  expect(delivery).toEqual({
    resultClass: 'found',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"data":{"band":"A"}}'),
    records: 1n,
  })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    url: '/fund/query/a%2Fb',
    body: '{"no":"7"}',
    headers: { authorization: 'Bearer the-credential', 'x-request-id': 'r1' },
  })
})

test('the operator’s settings give another path and another place for the credential', async () => {
  const settings = { path: '/v2/find', credential: { kind: 'header', name: 'x-app-key' } }
  await deliver('7', upstream({ settings }))
  expect(seen[0]).toMatchObject({
    url: '/fund/v2/find',
    headers: { 'x-app-key': 'the-credential' },
  })
  expect(seen[0]?.headers.authorization).toBeUndefined()
})

test('nothing found is delivered as such', async () => {
  expect(await deliver('unknown')).toMatchObject({ resultClass: 'not_found', records: 0n })
})

test.each([
  ['break', 'UPSTREAM_FAILED', 'answered 500'],
  ['wait', 'UPSTREAM_TIMEOUT', 'timed_out'],
])('a provider that will %s is a failed delivery', async (no, problem, why) => {
  expect(await deliver(no)).toEqual({ resultClass: 'failed', problem, why })
})

test('an address of our own network is refused as a failed delivery', async () => {
  const inside = upstream({ address: 'https://10.0.0.1/fund' })
  expect(await deliver('7', inside)).toMatchObject({ why: 'address_refused' })
})
