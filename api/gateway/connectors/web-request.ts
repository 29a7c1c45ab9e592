import { z } from 'zod'
import { type EgressRequest, EgressError } from '#kernel/egress.ts'
import {
  type DeliveryRequest,
  type FailedDelivery,
  failedDelivery,
  type OpenUpstream,
} from '#api/gateway/connector.ts'
import type { ParameterValues } from './parameters.ts'

const milliseconds = z.int().min(50).max(300_000)

/** How a provider's web service is called, beyond its address. The credential itself is the sealed secret. */
export const webSettings = z.strictObject({
  /** Path below the address, with `{name}` for path parameters; by default the product's own. */
  path: z.string().startsWith('/').optional(),
  credential: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('bearer') }),
      z.strictObject({ kind: z.literal('header'), name: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
    ])
    .default({ kind: 'bearer' }),
  /** Shorter than the product's own limit: for the whole, until the answer begins, between two pieces. */
  timeLimitMs: milliseconds.optional(),
  headersTimeoutMs: milliseconds.optional(),
  bodyTimeoutMs: milliseconds.optional(),
  /** Connections to this upstream at a time, kept alive between calls. */
  connectionsMax: z.int().min(1).max(256).default(64),
})
export type WebSettings = z.output<typeof webSettings>

type Composition = Readonly<{
  request: DeliveryRequest
  upstream: OpenUpstream
  values: ParameterValues
  settings: WebSettings
}>

/** The request to the provider: only declared parameters go out. */
export function composeRequest({
  request,
  upstream,
  values,
  settings,
}: Composition): EgressRequest {
  const { delivery } = upstream
  const path = (settings.path ?? delivery.path).replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(values.path.get(name) ?? ''),
  )
  const query = new URLSearchParams([...values.query])
  const suffix = query.size > 0 ? `?${query.toString()}` : ''
  const limits = {
    headersTimeoutMs: settings.headersTimeoutMs,
    bodyTimeoutMs: settings.bodyTimeoutMs,
  }
  return {
    method: delivery.method,
    url: `${upstream.address.replace(/\/+$/, '')}${path}${suffix}`,
    headers: {
      accept: delivery.contentType,
      'x-request-id': request.requestId,
      ...(delivery.method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...credentialHeaders(settings.credential, upstream.secret),
    },
    ...(delivery.method === 'POST'
      ? { body: JSON.stringify(Object.fromEntries(values.body)) }
      : {}),
    timeoutMs: Math.min(settings.timeLimitMs ?? delivery.timeoutMs, delivery.timeoutMs),
    ...(limits.headersTimeoutMs === undefined ? {} : { headersTimeoutMs: limits.headersTimeoutMs }),
    ...(limits.bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs: limits.bodyTimeoutMs }),
    responseBytesMax: delivery.responseBytesMax,
    pool: { name: upstream.upstreamId, connectionsMax: settings.connectionsMax },
  }
}

function credentialHeaders(
  credential: WebSettings['credential'],
  secret: string | null,
): Record<string, string> {
  if (secret === null || credential.kind === 'none') return {}
  return credential.kind === 'bearer'
    ? { authorization: `Bearer ${secret}` }
    : { [credential.name]: secret }
}

/** Headers of a provider that a caller may see; the rest could tell of the provider's insides. */
export function passedOn(
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Answers of a service that is going or not yet there: asking once more is worth it. */
const passingStatuses = [502, 503, 504]
/** With less time left, nobody would answer in time. */
const worthTryingMs = 20

type Sending<T> = Readonly<{
  send: (request: EgressRequest) => Promise<T>
  /** Lets an answer go that is not used. */
  drop: (answer: T) => void
}>

/**
 * Sends once, and once more where that is safe: a GET changes nothing, and what surely never went out
 * changed nothing either. Both together begin to answer within the limit of one. A caller that is gone, a late
 * answer or one that is too large is not asked for again.
 */
export async function sendSafely<T extends Readonly<{ status: number }>>(
  { send, drop }: Sending<T>,
  request: EgressRequest,
  limitMs = request.timeoutMs,
): Promise<T | FailedDelivery> {
  const startedAt = performance.now()
  const isSafe = request.method === 'GET' || request.method === 'HEAD'
  const again = async (): Promise<T | FailedDelivery> => {
    const goneMs = Math.ceil(performance.now() - startedAt)
    const leftMs = limitMs - goneMs
    if (leftMs < worthTryingMs) return failedDelivery('timed_out')
    const headersTimeoutMs = Math.min(request.headersTimeoutMs ?? leftMs, leftMs)
    return failing(() =>
      send({ ...request, timeoutMs: request.timeoutMs - goneMs, headersTimeoutMs }),
    )
  }
  try {
    const answer = await send(request)
    if (!isSafe || !passingStatuses.includes(answer.status)) return answer
    drop(answer)
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    const mayTry = error.isUnsent || (isSafe && error.failure === 'unreachable')
    if (!mayTry || request.signal?.aborted) return failedDelivery(error.failure)
  }
  return again()
}

async function failing<T>(send: () => Promise<T>): Promise<T | FailedDelivery> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    return failedDelivery(error.failure)
  }
}
