import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher, errors, request } from 'undici'
import { EgressError, type EgressFailure } from './egress-error.ts'
import { createEgressPolicy, type EgressPolicy, refusedAddress } from './egress-policy.ts'

export { EgressError } from './egress-error.ts'

export type EgressRequest = Readonly<{
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** For the whole exchange, connecting and reading the body included. */
  timeoutMs: number
  /** Until the answer begins, connecting included, and between two pieces of it; by default as the whole. */
  headersTimeoutMs?: number
  bodyTimeoutMs?: number
  /** Held while reading: what is longer is cut off, not read to its end. */
  responseBytesMax: number
  /** Connections of its own, for those who must not take them from others. */
  pool?: Readonly<{ name: string; connectionsMax: number }>
  signal?: AbortSignal
}>

export type EgressResponse = Readonly<{
  status: number
  /** Lower-case names; a header that came several times is joined by a comma. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}>

/** An answer whose body is still to come: it is read to its end, left early, or discarded. */
export type EgressStream = Readonly<{
  status: number
  headers: Readonly<Record<string, string>>
  /** Throws EgressError. */
  body: AsyncIterable<Buffer>
  discard: () => void
}>

export interface Egress {
  /** Errors: EgressError. Any status but a redirect is an answer, not an error. */
  send(request: EgressRequest): Promise<EgressResponse>
  /** The same for what is too large to be held at once. */
  open(request: EgressRequest): Promise<EgressStream>
  /** The rules of what may be connected to, for other protocols. */
  readonly policy: EgressPolicy
  close(): Promise<void>
}

export type EgressOptions = Readonly<{
  /** Exact origins (scheme, host, port) that may be plain or private. Production names none. */
  allowedOrigins: readonly string[]
  connectionsPerOrigin?: number
  connectTimeoutMs?: number
  /** How names become addresses; tests give their own. */
  lookup?: LookupFunction
}>

const poolsMax = 512

/**
 * The one door out (design.md section 5, Going out): https, no redirects, no address of our own
 * network, looked at when the connection is made, so that a name cannot change its mind in between.
 */
export function createEgress(options: EgressOptions): Egress {
  const policy = createEgressPolicy(options)
  const agents = new Map<string, Agent>()
  const agentFor = (wanted: EgressRequest, isTrusted: boolean): Agent => {
    const name = `${isTrusted ? 'trusted' : 'public'} ${wanted.pool?.name ?? ''}`
    const known = agents.get(name)
    if (known) {
      // Asked for again it is the newest.
      agents.delete(name)
      agents.set(name, known)
      return known
    }
    const made = new Agent({
      connections: wanted.pool?.connectionsMax ?? options.connectionsPerOrigin ?? 64,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      connect: {
        timeout: options.connectTimeoutMs ?? 5_000,
        ...(isTrusted ? {} : { lookup: policy.publicOnly }),
      },
    })
    // Pools of what is not used any more go first; requests under way end by themselves.
    const [oldest] = agents
    if (oldest && agents.size >= poolsMax) {
      agents.delete(oldest[0])
      void oldest[1].close()
    }
    agents.set(name, made)
    return made
  }
  const begin = async (wanted: EgressRequest): Promise<Exchange> => {
    const { url, isTrusted } = policy.admitWeb(wanted.url)
    return beginExchange({ wanted, url, dispatcher: agentFor(wanted, isTrusted) })
  }
  return {
    policy,
    send: async (wanted) => {
      const exchange = await begin(wanted)
      const chunks: Buffer[] = []
      for await (const chunk of bodyOf(exchange)) chunks.push(chunk)
      return { ...headOf(exchange), body: Buffer.concat(chunks) }
    },
    open: async (wanted) => {
      const exchange = await begin(wanted)
      return {
        ...headOf(exchange),
        body: bodyOf(exchange),
        discard: () => {
          exchange.response.body.on('error', () => {}).destroy()
          exchange.release()
        },
      }
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.close()))
    },
  }
}

type Exchange = Readonly<{
  response: Dispatcher.ResponseData
  wanted: EgressRequest
  origin: string
  signal: AbortSignal
  release: () => void
}>

async function beginExchange(
  input: Readonly<{ wanted: EgressRequest; url: URL; dispatcher: Agent }>,
): Promise<Exchange> {
  const { wanted, url, dispatcher } = input
  // One controller with a timer that is cleared: AbortSignal.timeout and .any live on until they fire.
  const giveUp = new AbortController()
  const cancel = (): void => giveUp.abort('aborted' satisfies EgressFailure)
  const giveUpAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => giveUp.abort('timed_out' satisfies EgressFailure), ms)
  const timer = giveUpAfter(wanted.timeoutMs)
  const { headersTimeoutMs } = wanted
  const untilHeaders = headersTimeoutMs === undefined ? undefined : giveUpAfter(headersTimeoutMs)
  const release = (): void => {
    clearTimeout(timer)
    clearTimeout(untilHeaders)
    wanted.signal?.removeEventListener('abort', cancel)
  }
  wanted.signal?.addEventListener('abort', cancel, { once: true })
  if (wanted.signal?.aborted) cancel()
  try {
    const response = await request(url, {
      dispatcher,
      method: wanted.method,
      headers: { 'accept-encoding': 'identity', ...wanted.headers },
      body: wanted.body ?? null,
      signal: giveUp.signal,
      headersTimeout: wanted.timeoutMs,
      bodyTimeout: wanted.bodyTimeoutMs ?? wanted.timeoutMs,
    })
    if (response.statusCode >= 300 && response.statusCode < 400 && response.statusCode !== 304) {
      response.body.on('error', () => {}).destroy()
      throw new EgressError('redirected', url.origin)
    }
    clearTimeout(untilHeaders)
    return { response, wanted, origin: url.origin, signal: giveUp.signal, release }
  } catch (error) {
    release()
    throw errorOf(error, { origin: url.origin, signal: giveUp.signal })
  }
}

function headOf({ response }: Exchange): Pick<EgressResponse, 'status' | 'headers'> {
  return { status: response.statusCode, headers: plainHeaders(response.headers) }
}

/** The body within its limit. Leaving it early destroys the stream and with it the connection. */
async function* bodyOf(exchange: Exchange): AsyncGenerator<Buffer, void, undefined> {
  const { response, wanted, origin } = exchange
  let size = 0
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > wanted.responseBytesMax) throw new EgressError('too_large', origin)
      yield chunk
    }
  } catch (error) {
    throw errorOf(error, exchange)
  } finally {
    exchange.release()
  }
}

function plainHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  return plain
}

function errorOf(
  error: unknown,
  of: Readonly<{ origin: string; signal: AbortSignal }>,
): EgressError {
  if (error instanceof EgressError) return error
  return new EgressError(failureOf(error, of.signal), of.origin, {
    cause: error,
    isUnsent: isUnsent(error),
  })
}

function failureOf(error: unknown, giveUp: AbortSignal): EgressFailure {
  if (giveUp.aborted) return giveUp.reason === 'timed_out' ? 'timed_out' : 'aborted'
  if (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  )
    return 'timed_out'
  return factOf(error, 'code') === refusedAddress ? 'address_refused' : 'unreachable'
}

/** A connection that never was: no name, nobody there, or nobody in time. */
function isUnsent(error: unknown): boolean {
  if (error instanceof errors.ConnectTimeoutError) return true
  // Several addresses of a name were tried, and none answered.
  if (error instanceof AggregateError) return error.errors.every(isUnsent)
  return ['connect', 'getaddrinfo'].includes(factOf(error, 'syscall') ?? '')
}

function factOf(error: unknown, fact: 'code' | 'syscall'): string | undefined {
  const value: unknown = error instanceof Error ? (error as NodeJS.ErrnoException)[fact] : undefined
  return typeof value === 'string' ? value : undefined
}
