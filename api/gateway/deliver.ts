import { DomainError, type ErrorDetail } from '#kernel/errors.ts'
import { type ProblemCode, problemOf } from '#kernel/problems.ts'
import { type Admission, type Ticket, usesQuota } from '#metering/index.ts'
import type { ProductAccess } from './access.ts'
import { deliveredAnswer, problemAnswer } from './answer.ts'
import { budgetRefusal, budgetsOf, costOfEvent } from './budgets.ts'
import { type Call, type Outcome, refusalFactsOf, usageEventOf } from './call.ts'
import {
  type Delivery,
  type DeliveryRequest,
  type FailedDelivery,
  failedDelivery,
  type StreamedDelivery,
} from './connector.ts'
import { openForMs } from './connectors/circuit.ts'
import type { GatewayDeps } from './gateway.ts'
import {
  givenBack,
  quotaHeaders,
  type QuotaUse,
  secondsUntilRenewal,
  type UsedUp,
  usedUpHeaders,
  windowsOf,
} from './quota-headers.ts'
import { sandboxDelivery } from './sandbox.ts'
import { streamDelivery, streamMsOf } from './stream-delivery.ts'
import { storePatienceMs, within } from './within.ts'

export type GrantedCall = Readonly<{
  call: Call
  product: ProductAccess
  body: Uint8Array
  signal: () => AbortSignal
}>

/** A call counts as in flight for so long beyond its product's own time limit, should its gateway die. */
const inFlightSlackMs = 30_000
const hourMs = 3_600_000

/** Takes what the call needs (R46), delivers, records, answers. */
export async function admitAndDeliver(deps: GatewayDeps, granted: GrantedCall): Promise<Response> {
  const { call } = granted
  const admission = await deps.recorder.admit(admissionRequest(granted))
  if (admission.kind === 'refused') return refuseAdmission(deps, call, admission)
  const first = await firstCall(deps, call, admission)
  const { ticket } = admission
  if (first === 'unreadable') return refuse(deps, call, { code: 'METERING_UNAVAILABLE', ticket })
  const conflict = first && conflictWith(call, first)
  if (conflict) return refuse(deps, call, { code: conflict, ticket })
  const repeats = first?.eventId ?? null
  const delivered = await deliver(deps, granted, repeats)
  const use = admission.kind === 'admitted' ? admission : null
  if (delivered.kind !== 'open') return answer(deps, { call, outcome: delivered, ticket, use })
  const { delivery } = delivered
  const untilMs = deadlineOf(granted)
  return streamDelivery(deps, { call, delivery, ticket, use, repeats, untilMs })
}

/** A call that is still under way then is taken for lost with its gateway. */
function deadlineOf({ call, product }: GrantedCall): number {
  const { timeoutMs = 0 } = product.content?.delivery ?? {}
  return call.atMs + timeoutMs + streamMsOf(product) + inFlightSlackMs
}

function admissionRequest(granted: GrantedCall) {
  const { call } = granted
  const { access, arrival, atMs } = call
  const { day, month } = windowsOf(atMs)
  return {
    eventId: call.eventId,
    nowMs: atMs,
    deadlineMs: deadlineOf(granted),
    buyerId: access.buyerId,
    holderId: access.subscription?.subscriptionId ?? access.keyId,
    limits: access.limits,
    budgets: budgetsOf(call),
    day,
    month,
    idempotency:
      arrival.idempotencyKey === null || call.requestDigest === null
        ? null
        : { key: arrival.idempotencyKey, requestDigest: call.requestDigest },
    refusalFacts: () => refusalFactsOf(call),
  }
}

type RefusedAdmission = Extract<Admission, { kind: 'refused' }>

function refuseAdmission(
  deps: GatewayDeps,
  call: Call,
  admission: RefusedAdmission,
): Response | Promise<Response> {
  const { language } = call.arrival
  switch (admission.reason) {
    case 'rate':
    case 'concurrency':
      // Counted by the script that refused: durable before this answer.
      return problemAnswer({
        language,
        requestId: call.eventId,
        code: admission.reason === 'rate' ? 'RATE_LIMITED' : 'CONCURRENCY_EXCEEDED',
        detail: { retryAfterSeconds: 1 },
        headers: usedUpHeaders(call, admission.reason === 'rate' ? 'second' : 'concurrency'),
      })
    case 'day':
    case 'month':
      return refuse(deps, call, {
        code: 'QUOTA_EXCEEDED',
        detail: {
          window: admission.reason,
          retryAfterSeconds: secondsUntilRenewal(admission.reason, call.atMs),
        },
        usedUp: admission.reason,
      })
    case 'budget':
      return refuse(deps, call, budgetRefusal(call, admission.budget))
    case 'in_flight':
      return refuse(deps, call, { code: 'IDEMPOTENCY_IN_FLIGHT' })
    case 'conflict':
      return refuse(deps, call, { code: 'IDEMPOTENCY_BODY_CONFLICT' })
    case 'no_epoch':
      return refuse(deps, call, { code: 'METERING_UNAVAILABLE', detail: { retryAfterSeconds: 2 } })
  }
}

type FirstCall = Readonly<{ eventId: string; atMs: number; requestDigest: string | null }>

/** The billable call that holds this one's Idempotency-Key: as Redis knows it, else as PostgreSQL does. */
async function firstCall(
  deps: GatewayDeps,
  call: Call,
  admission: Exclude<Admission, RefusedAdmission>,
): Promise<FirstCall | 'unreadable' | undefined> {
  if (admission.kind === 'repeat')
    return {
      eventId: admission.firstEventId,
      atMs: admission.firstAtMs,
      requestDigest: call.requestDigest,
    }
  const key = call.arrival.idempotencyKey
  if (!admission.claimed || key === null) return undefined
  try {
    const asking = deps.recorder.idempotencyHolder(call.access.buyerId, key)
    const holder = await within(storePatienceMs, asking)
    return holder && { ...holder, atMs: holder.occurredAtMs }
  } catch (error) {
    deps.log.warn({ err: error }, 'idempotency claims cannot be read')
    return 'unreadable'
  }
}

function conflictWith(call: Call, first: FirstCall): ProblemCode | undefined {
  if (first.requestDigest !== call.requestDigest) return 'IDEMPOTENCY_BODY_CONFLICT'
  const windowMs = (call.price?.repeatWindowHours ?? 24) * hourMs
  return call.atMs - first.atMs > windowMs ? 'IDEMPOTENCY_KEY_TOO_OLD' : undefined
}

/** What is ready to be answered, or a file that is to be handed over in pieces. */
type Ready = Answerable | Readonly<{ kind: 'open'; delivery: StreamedDelivery }>

/** Fetches the data. Whatever goes wrong behind is a failed call, never an error of this process. */
async function deliver(
  deps: GatewayDeps,
  granted: GrantedCall,
  repeats: string | null,
): Promise<Ready> {
  try {
    const delivery = await fetchData(deps, granted)
    if (delivery.resultClass === 'failed') return failedOutcome(delivery)
    if (delivery.resultClass === 'streamed') return { kind: 'open', delivery }
    // More than the version may deliver could cost more than was reserved.
    const { recordsMax } = granted.product.content?.delivery ?? {}
    if (recordsMax !== undefined && delivery.records > BigInt(recordsMax))
      return failedOutcome(failedDelivery('too_many'))
    return { kind: 'delivered', delivery, repeats }
  } catch (error) {
    if (error instanceof DomainError) return problemOutcome('refused', error.code, error.detail)
    deps.log.error({ err: error, product: granted.product.code }, 'a connector broke')
    return problemOutcome('failed', 'UPSTREAM_FAILED')
  }
}

async function fetchData(
  deps: GatewayDeps,
  { call, product, body, signal }: GrantedCall,
): Promise<Delivery> {
  const { arrival, access, requestDigest } = call
  const request: DeliveryRequest = {
    method: arrival.method,
    path: arrival.path,
    query: new URLSearchParams(arrival.search),
    body,
    requestId: call.eventId,
    range: arrival.range,
    ifRange: arrival.ifRange,
  }
  if (access.mode === 'sandbox' && product.content) {
    const seed = Number.parseInt(requestDigest?.slice(-8) ?? '0', 16)
    return sandboxDelivery(product.content, { request, outcome: arrival.sandboxOutcome, seed })
  }
  const connector = product.upstream ? deps.connectors[product.upstream.connector] : undefined
  if (!connector || !product.upstream) return failedDelivery('no_upstream')
  return connector.deliver(request, product.upstream, signal())
}

/** Failures an event tells apart from the others, because nobody had even tried, or nobody waited. */
function failedOutcome({ problem, why }: FailedDelivery): Answerable {
  switch (why) {
    case 'circuit_open': {
      const retryAfterSeconds = Math.ceil(openForMs / 1_000)
      const detail = { reason: why, retryAfterSeconds }
      return { ...problemOutcome('failed', problem, detail), reason: why }
    }
    case 'aborted':
      return { ...problemOutcome('failed', problem), reason: 'caller_gone' }
    default:
      return problemOutcome('failed', problem)
  }
}

function problemOutcome(
  resultClass: 'refused' | 'failed',
  code: ProblemCode,
  detail?: ErrorDetail,
): Extract<Outcome, { kind: 'problem' }> {
  const { status } = problemOf(code)
  return { kind: 'problem', resultClass, code, status, ...(detail === undefined ? {} : { detail }) }
}

/** Refuses a call: metered as an event of its own, then told. */
export function refuse(
  deps: GatewayDeps,
  call: Call,
  refusal: Readonly<{ code: ProblemCode; detail?: ErrorDetail; ticket?: Ticket; usedUp?: UsedUp }>,
): Promise<Response> {
  const { code, detail, ticket = null, usedUp } = refusal
  const outcome = problemOutcome('refused', code, detail ?? retryOf(code))
  return answer(deps, { call, outcome, ticket, use: null, ...(usedUp ? { usedUp } : {}) })
}

/** What may be tried again soon says how soon. */
function retryOf(code: ProblemCode): ErrorDetail | undefined {
  const { status } = problemOf(code)
  return status === 429 || status === 503 ? { retryAfterSeconds: 1 } : undefined
}

type Answerable = Exclude<Outcome, { kind: 'streamed' }>

/** Records, and only then answers: no answer leaves before its event is durable (design: Metering 2). */
async function answer(
  deps: GatewayDeps,
  ended: Readonly<{
    call: Call
    outcome: Answerable
    ticket: Ticket | null
    use: QuotaUse | null
    usedUp?: UsedUp
  }>,
): Promise<Response> {
  const { call, outcome, ticket, usedUp } = ended
  const event = usageEventOf(call, outcome)
  const use = ended.use && !usesQuota(event) ? givenBack(ended.use) : ended.use
  const receipt = await deps.recorder.record(event, ticket, costOfEvent(call, event))
  const recorded = { event, receipt }
  if (outcome.kind === 'delivered')
    return deliveredAnswer(call, { delivery: outcome.delivery, recorded, use })
  const { code, detail } = outcome
  return problemAnswer({
    language: call.arrival.language,
    requestId: call.eventId,
    code,
    recorded,
    headers: limitHeaders(call, { use, usedUp: usedUp ?? sandboxUsedUp(code) }),
    ...(detail === undefined ? {} : { detail }),
  })
}

/** What is left of the caller's limits: told with every answer that counted, or that a limit refused. */
function limitHeaders(
  call: Call,
  of: Readonly<{ use: QuotaUse | null; usedUp: UsedUp | undefined }>,
): Record<string, string> {
  if (of.usedUp !== undefined) return usedUpHeaders(call, of.usedUp)
  return of.use === null ? {} : quotaHeaders(call, of.use)
}

/** A rate limit that was asked for in the sandbox looks like one that was met. */
function sandboxUsedUp(code: ProblemCode): UsedUp | undefined {
  return code === 'RATE_LIMITED' ? 'second' : undefined
}
