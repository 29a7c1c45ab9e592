import { Hono } from 'hono'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Logger } from 'pino'
import { mayReadMetrics } from '#api/metrics.ts'
import { hashApiKey, parseApiKey } from '#kernel/api-key-format.ts'
import type { Clock } from '#kernel/clock.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { uuidv7At } from '#kernel/ids.ts'
import { RecordingUncertain, RecordingUnavailable, type UsageRecorder } from '#metering/index.ts'
import type { AccessDirectory } from './access-directory.ts'
import type { KeyAccess } from './access.ts'
import { problemAnswer } from './answer.ts'
import { type Arrival, readArrival, readBody } from './arrival.ts'
import { beginCall, type Call } from './call.ts'
import type { Connectors } from './connectors/index.ts'
import { decideAccess } from './decide-access.ts'
import { admitAndDeliver, refuse } from './deliver.ts'
import type { GatewayMetrics } from './metrics.ts'
import { storePatienceMs, within } from './within.ts'

export type GatewayDeps = Readonly<{
  clock: Clock
  keys: Pick<KeyRing, 'hmac' | 'publicKeys'>
  log: Logger
  directory: AccessDirectory
  recorder: UsageRecorder
  connectors: Connectors
  metrics: GatewayMetrics
  metricsToken: string | undefined
  /** Whether the stores answer. */
  isReady: () => Promise<boolean>
}>

type Env = { Bindings: Partial<HttpBindings> }

/**
 * The door data leaves by (统一通道): `/data/v1/{product}/…`, with usage control before and metering after
 * each call. Receipt keys are public at `/data/keys`.
 */
export function createGateway(deps: GatewayDeps): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/readyz', async (c) => {
    const ready = await deps.isReady()
    return c.json({ ready }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (!mayReadMetrics(deps.metricsToken, c.req.header('authorization'))) return c.notFound()
    return c.body(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType })
  })
  app.get('/data/keys', (c) => {
    const keys = deps.keys.publicKeys().filter((key) => key.purpose === 'receipt')
    return c.json({ keys }, 200, { 'cache-control': 'public, max-age=60' })
  })
  app.all('/data/v1/*', async (c) => {
    const arrival = readArrival(c)
    try {
      return await answerCall(deps, arrival, {
        readBody: () => readBody(c),
        signal: () => c.req.raw.signal,
      })
    } catch (error) {
      if (error instanceof RecordingUnavailable) return unavailable(deps, arrival)
      const isUncertain = error instanceof RecordingUncertain
      deps.log.error({ err: error }, isUncertain ? 'an answer was withheld' : 'a call broke')
      // What may have been recorded gets no answer at all: neither "charged" nor "not charged" is sure.
      if (c.env?.outgoing === undefined) throw error
      c.env.outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
  })
  app.notFound((c) => problemAnswer({ ...unknownCaller(deps, readArrival(c)), code: 'NOT_FOUND' }))
  return app
}

export type CallBody = Readonly<{
  readBody: () => Promise<Uint8Array | null>
  /** Aborted when the caller hangs up. */
  signal: () => AbortSignal
}>

async function answerCall(deps: GatewayDeps, arrival: Arrival, body: CallBody): Promise<Response> {
  const access = await identify(deps, arrival)
  if (access instanceof Response) return access
  const product =
    access.mode === 'sandbox'
      ? await readable(deps, () => deps.directory.ofProduct(arrival.productCode))
      : access.product
  const bytes = await body.readBody()
  // From here to the recorder nothing waits, so no heartbeat can overtake the time of this call.
  const atMs = deps.clock.now().getTime()
  const reached = product?.code === arrival.productCode ? product : null
  const facts = { arrival, access, product: reached, atMs }
  if (bytes === null)
    return refuse(deps, beginCall({ ...facts, requestDigest: null }), { code: 'BODY_TOO_LARGE' })
  const { productCode, address } = arrival
  const asksSandbox = arrival.sandboxOutcome !== null
  const verdict = decideAccess({
    access,
    product: reached,
    productCode,
    address,
    asksSandbox,
    atMs,
  })
  const requestDigest = digestOf(deps, arrival, bytes)
  if (verdict.kind === 'refused')
    return refuse(deps, beginCall({ ...facts, requestDigest }), { code: verdict.code })
  const call: Call = beginCall({ ...facts, price: verdict.grant.price, requestDigest })
  return admitAndDeliver(deps, {
    call,
    product: verdict.grant.product,
    body: bytes,
    signal: body.signal,
  })
}

/** Who holds the key. An attempt without a valid one is a counter for the security people. */
async function identify(deps: GatewayDeps, arrival: Arrival): Promise<KeyAccess | Response> {
  const key = arrival.bearer === null ? null : parseApiKey(arrival.bearer)
  if (key === null) return keyless(deps, arrival, arrival.bearer === null ? 'no_key' : 'malformed')
  const access = await readable(deps, () => deps.directory.ofKey(hashApiKey(key.key)))
  return access ?? keyless(deps, arrival, 'unknown_key')
}

function keyless(deps: GatewayDeps, arrival: Arrival, reason: string): Response {
  deps.recorder.countKeyless(reason)
  return problemAnswer({
    ...unknownCaller(deps, arrival),
    code: 'UNAUTHENTICATED',
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/**
 * Who may call cannot be told while the database is away or stands still, so nobody may; the attempts are counted.
 */
async function readable<T>(
  deps: GatewayDeps,
  read: () => Readonly<{ value: T }> | Promise<T>,
): Promise<T> {
  try {
    const answer = read()
    return 'value' in answer ? answer.value : await within(storePatienceMs, answer)
  } catch (error) {
    deps.log.warn({ err: error }, 'access cannot be read')
    deps.recorder.countKeyless('access_unreadable')
    throw new RecordingUnavailable('access cannot be read')
  }
}

function unavailable(deps: GatewayDeps, arrival: Arrival): Response {
  return problemAnswer({
    ...unknownCaller(deps, arrival),
    code: 'METERING_UNAVAILABLE',
    detail: { retryAfterSeconds: 2 },
  })
}

function unknownCaller(deps: GatewayDeps, { language }: Pick<Arrival, 'language'>) {
  return { language, requestId: uuidv7At(deps.clock.now().getTime()) }
}

/** Tells equal requests from different ones without keeping what was asked (design: Metering 8). */
function digestOf(deps: GatewayDeps, arrival: Arrival, body: Uint8Array): string {
  const { method, productCode, path, search } = arrival
  const head = `${method}\n${productCode}\n${path}\n${search}\n`
  return deps.keys.hmac(
    'request_digest',
    body.length === 0 ? head : Buffer.concat([Buffer.from(head), body]),
  )
}
