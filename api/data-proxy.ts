import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { Pool } from 'undici'
import { clientAddress } from './client-address.ts'
import type { AppEnv } from './deps.ts'
import { problemResponse } from './problem.ts'

export interface DataProxy {
  pass(c: Context<AppEnv>): Promise<Response>
  close(): Promise<void>
}

/** What belongs to one connection and is never passed on (RFC 9110, 7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
]

/**
 * Passes `/data/` on to our own gateway as a plain stream, so that one address serves all. It adds who called, in
 * place of whatever the caller says about that, and looks at nothing else; the gateway meters and refuses.
 */
export function openDataProxy(gatewayUrl: string): DataProxy {
  const pool = new Pool(gatewayUrl, {
    connections: 64,
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
  })
  return {
    pass: async (c) => {
      const { pathname, search } = new URL(c.req.url)
      const request = c.req.raw
      try {
        const answer = await pool.request({
          path: pathname + search,
          method: request.method as 'GET',
          headers: forwarded(request.headers, clientAddress(c)),
          body: request.body ? Readable.fromWeb(request.body as ReadableStream) : null,
          signal: request.signal,
        })
        return new Response(bodyOf(request.method, answer), {
          status: answer.statusCode,
          headers: answerHeaders(answer.headers),
        })
      } catch (error) {
        c.var.deps.log.warn(
          { err: error, requestId: c.var.requestId },
          'the gateway did not answer',
        )
        if (!wasNeverSent(error)) return droppedAnswer(c, error)
        const { language, requestId } = c.var
        const detail = { retryAfterSeconds: 2 }
        const told = problemResponse('METERING_UNAVAILABLE', { language, requestId, detail })
        told.headers.set('x-billed', 'false')
        told.headers.set('x-billing-reason', 'metering_unavailable')
        return told
      }
    },
    close: () => pool.close(),
  }
}

const unreached = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']

/** Whether the gateway cannot have seen the call, so that nothing of it is recorded or charged. */
function wasNeverSent(error: unknown): boolean {
  return unreached.includes(String((error as { code?: unknown }).code))
}

/**
 * A call that was sent and got no answer may have been recorded: neither "charged" nor "not charged" is
 * sure, so the caller gets no answer either, as at the gateway itself.
 */
function droppedAnswer(c: Context<AppEnv>, error: unknown): Response {
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>
  if (outgoing === undefined) throw error
  outgoing.destroy()
  return RESPONSE_ALREADY_SENT
}

type Answer = Awaited<ReturnType<Pool['request']>>

function bodyOf(method: string, answer: Answer): BodyInit | null {
  if (method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304) {
    answer.body.resume()
    return null
  }
  return Readable.toWeb(answer.body) as unknown as BodyInit
}

function forwarded(headers: Headers, address: string): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of headers) if (!hopByHop.includes(name)) passed[name] = value
  // The session is no business of the gateway's.
  delete passed['cookie']
  passed['x-forwarded-for'] = address
  return passed
}

function answerHeaders(headers: Answer['headers']): Headers {
  const passed = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || (hopByHop.includes(name) && name !== 'content-length')) continue
    for (const each of Array.isArray(value) ? value : [value]) passed.append(name, each)
  }
  return passed
}
