import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery } from '#api/gateway/connector.ts'
import { createEgress, type Egress } from '#kernel/egress.ts'
import { useProviderServer } from '#tests/builders/provider-server.ts'
import { sampleRequest, sampleUpstream } from '#tests/builders/upstream.ts'
import { failuresMin } from './circuit.ts'
import { closeConnectors, createConnectors } from './index.ts'

const provider = useProviderServer()
let egress: Egress
let connectors: ReturnType<typeof createConnectors>
let watched: string[]

beforeAll(() => {
  egress = createEgress({ allowedOrigins: [provider.origin, 'http://127.0.0.1:9'] })
})
beforeEach(() => {
  watched = []
  connectors = createConnectors({
    egress,
    watch: {
      call: (_id, outcome) => watched.push(outcome),
      circuit: (_id, state) => watched.push(`circuit ${state}`),
    },
  })
})
afterAll(async () => {
  await closeConnectors(connectors)
  await egress.close()
})

const found = '{"data":{"band":"A"}}'
type Given = Parameters<typeof sampleUpstream>[0]
const upstreamOf = (more: Partial<Given> = {}) =>
  sampleUpstream({ address: provider.origin, ...more })
function get(upstream = upstreamOf(), signal?: AbortSignal): Promise<Delivery> {
  const { method } = upstream.delivery
  return connectors.http.deliver(
    sampleRequest({ method }),
    upstream,
    signal ?? new AbortController().signal,
  )
}

describe('asking once more', () => {
  const failFirst = (fail: (outgoing: ServerResponse) => void): void => {
    let asked = 0
    provider.answer((_incoming, outgoing) => {
      asked += 1
      if (asked === 1) fail(outgoing)
      else outgoing.end(found)
    })
  }

  test.each([502, 503, 504])('a GET is repeated once after a %i', async (status) => {
    failFirst((outgoing) => outgoing.writeHead(status).end())
    const before = provider.served()
    expect(await get()).toMatchObject({ resultClass: 'found' })
    expect(provider.served() - before).toBe(2)
  })

  test('a GET is repeated after a connection that broke', async () => {
    failFirst((outgoing) => outgoing.destroy())
    expect(await get()).toMatchObject({ resultClass: 'found' })
  })

  test('a POST is not: the provider may have done it', async () => {
    provider.answer((_incoming, outgoing) => outgoing.destroy())
    const before = provider.served()
    const delivery = await get(upstreamOf({ delivery: { method: 'POST' } }))
    expect(delivery).toMatchObject({ resultClass: 'failed', why: 'unreachable' })
    expect(provider.served() - before).toBe(1)
  })

  test('a POST that nobody can have seen is sent again, once the provider listens', async () => {
    const upstream = upstreamOf({ delivery: { method: 'POST', timeoutMs: 3_000 } })
    provider.answer((_incoming, outgoing) => outgoing.end(found))
    await provider.stop()
    expect(await get(upstream)).toMatchObject({ why: 'unreachable' })
    await provider.start()
    expect(await get(upstream)).toMatchObject({ resultClass: 'found' })
  })

  test('never more than once, and never beyond the time limit', async () => {
    provider.answer((_incoming, outgoing) => outgoing.writeHead(503).end())
    const before = provider.served()
    expect(await get()).toMatchObject({ why: 'answered 503' })
    expect(provider.served() - before).toBe(2)
    provider.answer((_incoming, outgoing) => {
      setTimeout(() => outgoing.writeHead(503).end(), 190)
    })
    const startedAt = performance.now()
    const late = await get(upstreamOf({ delivery: { timeoutMs: 200 } }))
    expect(late).toMatchObject({ resultClass: 'failed', problem: 'UPSTREAM_TIMEOUT' })
    expect(performance.now() - startedAt).toBeLessThan(400)
  })
})

describe('time and size', () => {
  test('until the answer begins', async () => {
    provider.answer(() => undefined)
    const slow = upstreamOf({ settings: { headersTimeoutMs: 60 }, delivery: { timeoutMs: 5_000 } })
    const startedAt = performance.now()
    expect(await get(slow)).toMatchObject({ problem: 'UPSTREAM_TIMEOUT' })
    expect(performance.now() - startedAt).toBeLessThan(1_500)
  })

  test('of the whole, though every piece is in time', async () => {
    provider.answer((_incoming, outgoing) => {
      const drip = setInterval(() => outgoing.write(' '), 20)
      outgoing.on('close', () => clearInterval(drip))
    })
    expect(await get(upstreamOf({ delivery: { timeoutMs: 150 } }))).toMatchObject({
      problem: 'UPSTREAM_TIMEOUT',
    })
  })

  test('a model has a time limit of its own', async () => {
    provider.answer(() => undefined)
    const model = upstreamOf({
      connector: 'model',
      settings: { timeLimitMs: 80 },
      delivery: { mode: 'model_call', timeoutMs: 120_000 },
    })
    const delivery = await connectors.model.deliver(
      sampleRequest(),
      model,
      new AbortController().signal,
    )
    expect(delivery).toMatchObject({ problem: 'UPSTREAM_TIMEOUT' })
  })

  test('too large is cut off while reading, not after', async () => {
    let written = 0
    let cut = false
    provider.answer((_incoming, outgoing) => {
      const piece = Buffer.alloc(64 * 1024)
      const write = (): void => {
        if (outgoing.destroyed) return
        written += piece.length
        if (outgoing.write(piece)) setImmediate(write)
        else outgoing.once('drain', write)
      }
      outgoing.on('close', () => {
        cut = true
      })
      write()
    })
    expect(await get()).toMatchObject({ why: 'too_large' })
    await expect.poll(() => cut).toBe(true)
    expect(written).toBeLessThan(16 * 1024 * 1024)
  })
})

test('an upstream has no more connections than its settings give it, and leaves others theirs', async () => {
  let release = (): void => undefined
  const waiting = new Promise<void>((resolve) => {
    release = resolve
  })
  let most = 0
  provider.answer((_incoming, outgoing) => {
    most = Math.max(most, provider.connections())
    void waiting.then(() => outgoing.end(found))
  })
  const narrow = upstreamOf({ settings: { connectionsMax: 3 }, delivery: { timeoutMs: 5_000 } })
  const before = provider.connections()
  const calls = Array.from({ length: 20 }, () => get(narrow))
  await expect.poll(() => most - before).toBe(3)
  provider.answer((_incoming, outgoing) => outgoing.end(found))
  expect(await get()).toMatchObject({ resultClass: 'found' })
  release()
  for (const delivery of await Promise.all(calls)) expect(delivery.resultClass).toBe('found')
  expect(most - before).toBe(3)
})

test('a provider that fails is left alone, without waiting, until one call finds it well', async () => {
  provider.answer((_incoming, outgoing) => outgoing.writeHead(500).end())
  const upstream = upstreamOf()
  for (let call = 0; call < failuresMin; call++) await get(upstream)
  const before = provider.served()
  expect(await get(upstream)).toMatchObject({ problem: 'UPSTREAM_FAILED', why: 'circuit_open' })
  expect(provider.served()).toBe(before)
  expect(watched.filter((each) => each === 'answered 500')).toHaveLength(failuresMin)
  expect(watched.slice(-2)).toEqual(['circuit open', 'circuit_open'])
  // Another upstream of the same provider has a circuit of its own.
  expect(await get()).toMatchObject({ why: 'answered 500' })
})

test('callers who hang up do not open the circuit', async () => {
  provider.answer(() => undefined)
  const upstream = upstreamOf()
  for (let call = 0; call < failuresMin + 1; call++) {
    const caller = new AbortController()
    const delivery = get(upstream, caller.signal)
    caller.abort()
    expect(await delivery).toMatchObject({ why: 'aborted' })
  }
  provider.answer((_incoming, outgoing) => outgoing.end(found))
  expect(await get(upstream)).toMatchObject({ resultClass: 'found' })
})

test('a provider that takes connections and says nothing is a time-out, not a hang', async () => {
  const deaf = createServer(() => undefined)
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  const address = deaf.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const own = createEgress({ allowedOrigins: [origin] })
  const delivery = await createConnectors({ egress: own }).http.deliver(
    sampleRequest(),
    sampleUpstream({ address: origin, delivery: { timeoutMs: 100 } }),
    new AbortController().signal,
  )
  expect(delivery).toMatchObject({ problem: 'UPSTREAM_TIMEOUT' })
  await own.close()
  deaf.close()
})
