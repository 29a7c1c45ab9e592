import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testAppDeps } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { createApp } from './app.ts'
import { type DataProxy, openDataProxy } from './data-proxy.ts'

const database = useDatabase('file')
let answerWith: (request: IncomingMessage, response: ServerResponse) => void
const gateway = createServer((request, response) => answerWith(request, response))
let proxy: DataProxy

beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  proxy = openDataProxy(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await proxy.close()
  gateway.close()
})

function app(dataProxy = proxy) {
  return createApp({ ...testAppDeps({ db: database.db }), dataProxy })
}

test('a call goes on with its key and body, but without the cookie and with the true address', async () => {
  let seen: IncomingMessage | undefined
  let body = ''
  answerWith = (request, response) => {
    seen = request
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () =>
      response
        .writeHead(200, { 'x-billed': 'true', 'x-request-id': 'of the gateway' })
        .end('{"found":true}'),
    )
  }
  const answer = await app().request('/data/v1/product?x=%20y', {
    method: 'POST',
    body: '{"id":"1"}',
    headers: {
      authorization: 'Bearer xn_live_x',
      cookie: 'xn.session_token=secret',
      'x-forwarded-for': '10.0.0.1',
      'content-type': 'application/json',
      'idempotency-key': 'k',
      origin: 'https://elsewhere.test',
    },
  })
  expect(answer.headers.get('x-billed')).toBe('true')
  expect(answer.headers.get('x-request-id')).toBe('of the gateway')
  expect(await answer.json()).toEqual({ found: true })
  expect(seen?.url).toBe('/data/v1/product?x=%20y')
  expect(body).toBe('{"id":"1"}')
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer xn_live_x',
    'x-forwarded-for': '127.0.0.1',
    'idempotency-key': 'k',
  })
  expect(seen?.headers.cookie).toBeUndefined()
})

test('an answer is passed on as it comes, not when it is complete', async () => {
  const rest = Promise.withResolvers<void>()
  answerWith = (_request, response) => {
    response.writeHead(200)
    response.write('first')
    void rest.promise.then(() => response.end('second'))
  }
  const answer = await app().request('/data/v1/file')
  const reader = answer.body?.getReader()
  const first = await reader?.read()
  expect(Buffer.from(first?.value ?? []).toString()).toBe('first')
  rest.resolve()
  const second = await reader?.read()
  expect(Buffer.from(second?.value ?? []).toString()).toBe('second')
})

test('without a gateway nothing is delivered and nothing charged', async () => {
  const nobody = openDataProxy('http://127.0.0.1:1')
  const answer = await app(nobody).request('/data/v1/product')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'METERING_UNAVAILABLE', billed: false })
  expect(answer.headers.get('x-billed')).toBe('false')
  expect(answer.headers.get('retry-after')).toBe('2')
  await nobody.close()
})

test('a gateway that dies with a call in hand leaves it without an answer: nobody knows whether it counts', async () => {
  answerWith = (request) => request.socket.destroy()
  const served = serve({ fetch: app().fetch, port: 0, hostname: '127.0.0.1' })
  await once(served, 'listening')
  const { port } = served.address() as AddressInfo
  await expect(fetch(`http://127.0.0.1:${port}/data/v1/product`)).rejects.toThrow('fetch failed')
  await new Promise((resolve) => served.close(resolve))
})
