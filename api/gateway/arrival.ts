import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { languageOf } from '#api/middleware/prepare.ts'
import type { Language } from '#api/deps.ts'
import { hash } from 'node:crypto'

/** More than any product's parameters need; files come the other way. */
export const requestBytesMax = 1_048_576
const idempotencyKeyMax = 255

/** What a caller sent, before anything is decided about it. */
export type Arrival = Readonly<{
  method: string
  productCode: string
  /** Below the product, still encoded. */
  path: string
  search: string
  language: Language
  address: string
  bearer: string | null
  /** The digest of the caller's Idempotency-Key, because callers may write anything into it. */
  idempotencyKey: string | null
  sandboxOutcome: string | null
  range: string | null
  ifRange: string | null
  startedAtMs: number
}>

const prefix = '/data/v1/'

export function readArrival(c: Context): Arrival {
  const { path } = c.req
  const rest = path.slice(prefix.length)
  const slash = rest.indexOf('/')
  const mark = c.req.url.indexOf('?')
  const key = c.req.header('idempotency-key')
  return {
    method: c.req.method,
    productCode: slash < 0 ? rest : rest.slice(0, slash),
    path: slash < 0 ? '' : rawPath(c.req.url, mark).slice(slash),
    search: mark < 0 ? '' : c.req.url.slice(mark + 1),
    language: languageOf(undefined, c.req.header('accept-language')),
    address: callerAddress(c),
    bearer: bearerOf(c.req.header('authorization')),
    idempotencyKey:
      key === undefined || key === '' ? null : hash('sha256', key.slice(0, idempotencyKeyMax)),
    sandboxOutcome: c.req.header('x-sandbox-outcome') ?? null,
    range: c.req.header('range') ?? null,
    ifRange: c.req.header('if-range') ?? null,
    startedAtMs: performance.now(),
  }
}

/** The path after the prefix as it was sent: hono's own is decoded. */
function rawPath(url: string, mark: number): string {
  const start = url.indexOf(prefix, url.indexOf('//') + 2) + prefix.length
  return url.slice(start, mark < 0 ? undefined : mark)
}

function bearerOf(header: string | undefined): string | null {
  return header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : null
}

const loopback = /^(?:127\.|::1$|::ffff:127\.)/

/**
 * The other end of the connection; where that is this machine, the caller our own api names when it
 * passes a call on. What anybody else says about addresses is not believed.
 */
function callerAddress(c: Context): string {
  if (c.env === undefined || !('incoming' in (c.env as object))) return '127.0.0.1'
  const remote = getConnInfo(c).remote.address ?? ''
  if (!loopback.test(remote)) return remote
  const named = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return named === undefined || named === '' ? remote : named
}

const nothing = new Uint8Array()

/** The body as it came; null when it is larger than any call may be. */
export async function readBody(c: Context): Promise<Uint8Array | null> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return nothing
  const length = c.req.header('content-length')
  if (length !== undefined) {
    if (Number(length) > requestBytesMax) return null
    return new Uint8Array(await c.req.arrayBuffer())
  }
  const stream = c.req.raw.body
  if (stream === null) return nothing
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > requestBytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
