import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPublicAddress } from './egress-addresses.ts'
import { createEgress, type Egress, type EgressRequest } from './egress.ts'

let server: Server
let origin: string
let served = 0

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    served += 1
    if (incoming.url === '/moved') {
      outgoing.writeHead(302, { location: '/plain' }).end()
    } else if (incoming.url === '/large') {
      outgoing.end(Buffer.alloc(100_000))
    } else if (incoming.url !== '/slow') {
      outgoing.writeHead(207, { 'x-seen': 'yes' }).end(`${incoming.method} ${incoming.url}`)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function get(url: string, more: Partial<EgressRequest> = {}): EgressRequest {
  return { method: 'GET', url, timeoutMs: 5_000, responseBytesMax: 1_000, ...more }
}

async function withEgress(
  options: Parameters<typeof createEgress>[0],
  work: (egress: Egress) => Promise<void>,
): Promise<void> {
  const egress = createEgress(options)
  try {
    await work(egress)
  } finally {
    await egress.close()
  }
}

describe('an origin that the configuration names', () => {
  test('may be plain and private', () =>
    withEgress({ allowedOrigins: [origin] }, async (egress) => {
      const answer = await egress.send(get(`${origin}/plain?a=1`))
      expect(answer).toMatchObject({ status: 207, headers: { 'x-seen': 'yes' } })
      expect(answer.body.toString()).toBe('GET /plain?a=1')
    }))

  test('allows no other port of the same host', () =>
    withEgress({ allowedOrigins: ['http://127.0.0.1:1'] }, async (egress) => {
      const before = served
      await expect(egress.send(get(`${origin}/plain`))).rejects.toMatchObject({
        failure: 'not_allowed',
      })
      expect(served).toBe(before)
    }))

  test.each([
    ['/moved', 'redirected'],
    ['/large', 'too_large'],
  ])('is held to the rules all the same: %s is %s', (path, failure) =>
    withEgress({ allowedOrigins: [origin] }, async (egress) => {
      await expect(egress.send(get(`${origin}${path}`))).rejects.toMatchObject({ failure })
    }),
  )

  test('is given up at the deadline, and when the caller goes', () =>
    withEgress({ allowedOrigins: [origin] }, async (egress) => {
      await expect(egress.send(get(`${origin}/slow`, { timeoutMs: 50 }))).rejects.toMatchObject({
        failure: 'timed_out',
      })
      const caller = new AbortController()
      const answer = egress.send(get(`${origin}/slow`, { signal: caller.signal }))
      caller.abort()
      await expect(answer).rejects.toMatchObject({ failure: 'aborted' })
    }))
})

describe('any other address', () => {
  test.each([
    ['http://example.com/', 'not_allowed'],
    ['https://user:secret@example.com/', 'not_allowed'],
    ['not an address', 'not_allowed'],
    ['https://127.0.0.1/', 'address_refused'],
    ['https://2130706433/', 'address_refused'], // 127.0.0.1 as one number
    ['https://0x7f.1/', 'address_refused'],
    ['https://[::1]/', 'address_refused'],
    ['https://[::ffff:10.0.0.1]/', 'address_refused'],
  ])('%s is %s', (url, failure) =>
    withEgress({ allowedOrigins: [] }, async (egress) => {
      await expect(egress.send(get(url))).rejects.toMatchObject({ failure })
    }),
  )

  test.each([
    ['one', ['127.0.0.1']],
    ['one of several', ['93.184.216.34', '10.1.2.3']],
  ])('a name with %s private address is refused when the connection is made', (_, addresses) => {
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )
    return withEgress({ allowedOrigins: [], lookup }, async (egress) => {
      await expect(egress.send(get('https://rebound.example/'))).rejects.toMatchObject({
        failure: 'address_refused',
      })
    })
  })

  test('the error names the origin and nothing the caller sent', () =>
    withEgress({ allowedOrigins: [] }, async (egress) => {
      const failed = egress.send(get('https://127.0.0.1/people?id=42120019900101123X'))
      await expect(failed).rejects.toThrow('outgoing request to https://127.0.0.1: address_refused')
    }))
})

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1::1', true],
  ['10.0.0.1', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:192.168.1.1', false],
  ['64:ff9b::7f00:1', false],
  ['fe80::1%eth0', false],
  ['fd00::1', false],
  ['2002:7f00:1::', false],
  ['2001:db8::1', false],
  ['localhost', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})
