import type { ErrorDetail } from '#kernel/errors.ts'
import { uuidv7At } from '#kernel/ids.ts'
import type { ProblemCode } from '#kernel/problems.ts'
import { formatRefusalFacts, type ResultClass, type UsageEvent } from '#metering/index.ts'
import type { KeyAccess, PriceVersion, ProductAccess } from './access.ts'
import type { Arrival } from './arrival.ts'
import type { HeldDelivery } from './connector.ts'
import { decideCharge } from './decide-charge.ts'

/** One attempt with a valid key: it becomes exactly one usage event. */
export type Call = Readonly<{
  arrival: Arrival
  access: KeyAccess
  /** The product the call reached; null where the key may not reach the one it named. */
  product: ProductAccess | null
  price: PriceVersion | null
  eventId: string
  atMs: number
  requestDigest: string | null
}>

/** Why a delivery in pieces ended before all of it was handed over. */
export type CutShort = 'caller_gone' | 'delivery_too_slow' | 'upstream_failed' | 'upstream_timeout'

/** How a call ended. */
export type Outcome =
  | Readonly<{ kind: 'delivered'; delivery: HeldDelivery; repeats: string | null }>
  | Readonly<{
      kind: 'streamed'
      status: number
      /** What was handed over. */
      bytes: number
      cutShort: CutShort | null
      repeats: string | null
    }>
  | Readonly<{
      kind: 'problem'
      resultClass: 'refused' | 'failed'
      code: ProblemCode
      /** Where the event says more than the code. */
      reason?: string
      status: number
      detail?: ErrorDetail
    }>

export function beginCall(
  facts: Omit<Call, 'eventId' | 'price'> & Readonly<{ price?: PriceVersion | null }>,
): Call {
  return { ...facts, price: facts.price ?? null, eventId: uuidv7At(facts.atMs) }
}

/** The usage event of a call. It holds no payload: the path is the product's pattern, the request an HMAC. */
export function usageEventOf(call: Call, outcome: Outcome): UsageEvent {
  const { access } = call
  const measured = measure(call, outcome)
  const charge = decideCharge({
    mode: access.mode,
    purposeClass: access.subscription?.purposeClass ?? null,
    price: call.price,
    resultClass: measured.resultClass,
    httpStatus: measured.httpStatus,
    headOnly: isHead(call),
    why: measured.why,
  })
  return {
    ...commonFacts(call),
    resultClass: measured.resultClass,
    reason: charge.billable && measured.why !== '' ? measured.why : charge.reason,
    httpStatus: measured.httpStatus,
    billable: charge.billable,
    records: measured.records,
    bytes: measured.bytes,
    durationMs: Math.round(performance.now() - call.arrival.startedAtMs),
    repeatsEventId: measured.resultClass === 'repeated' ? measured.repeats : null,
  }
}

/** The record that is durable before the first byte of a delivery in pieces (design: Metering 4). */
export function openingRecordOf(
  call: Call,
  opening: Readonly<{ status: number; untilMs: number }>,
): UsageEvent {
  return {
    ...commonFacts(call),
    resultClass: 'found',
    reason: 'pending',
    httpStatus: opening.status,
    billable: false,
    records: 0,
    bytes: 0,
    durationMs: 0,
    repeatsEventId: null,
    opensUntilMs: opening.untilMs,
  }
}

type Measured = Readonly<{
  resultClass: ResultClass
  httpStatus: number
  records: number
  bytes: number
  why: string
  repeats: string | null
}>

function measure(call: Call, outcome: Outcome): Measured {
  switch (outcome.kind) {
    case 'problem': {
      const { resultClass, status, reason, code } = outcome
      const why = reason ?? code.toLowerCase()
      return { resultClass, httpStatus: status, records: 0, bytes: 0, why, repeats: null }
    }
    case 'delivered': {
      const { delivery, repeats } = outcome
      return {
        resultClass: repeats === null ? delivery.resultClass : 'repeated',
        httpStatus: delivery.status,
        records: Number(delivery.records),
        bytes: isHead(call) ? 0 : delivery.body.length,
        why: '',
        repeats,
      }
    }
    case 'streamed': {
      const { status, bytes, repeats } = outcome
      const resultClass = streamedClass(call, outcome)
      const records = resultClass === 'failed' ? 0 : 1
      const partly = resultClass === 'found' ? 'delivered_in_part' : outcome.cutShort
      const why = outcome.cutShort === null ? '' : (partly ?? '')
      return { resultClass, httpStatus: status, records, bytes, why, repeats }
    }
  }
}

/**
 * A delivery that was cut short has failed; but where the version says so, bytes a caller was given before
 * it hung up are charged by the megabyte.
 */
function streamedClass(
  call: Call,
  { cutShort, bytes, repeats }: Extract<Outcome, { kind: 'streamed' }>,
): ResultClass {
  const isOfCaller = cutShort === 'caller_gone' || cutShort === 'delivery_too_slow'
  const countsBytes =
    call.product?.content?.delivery.partialDelivery === 'delivered_bytes' &&
    call.price?.unit === 'megabyte'
  if (cutShort !== null && !(isOfCaller && countsBytes && bytes > 0)) return 'failed'
  return repeats === null ? 'found' : 'repeated'
}

export function isHead(call: Call): boolean {
  return call.arrival.method === 'HEAD'
}

/** What refusals of one second share. */
export function refusalFactsOf(call: Call): string {
  return formatRefusalFacts({
    ...identityOf(call),
    productVersionId: call.product?.versionId ?? null,
  })
}

function commonFacts(call: Call) {
  return {
    ...identityOf(call),
    eventId: call.eventId,
    occurredAtMs: call.atMs,
    productVersionId: call.product?.versionId ?? null,
    priceReference: call.price?.postedPriceId ?? null,
    requestId: call.eventId,
    attempts: 1,
    requestDigest: call.requestDigest,
    idempotencyKey: call.arrival.idempotencyKey,
  }
}

function identityOf(call: Call) {
  const { access, product } = call
  return {
    mode: access.mode,
    buyerId: access.buyerId,
    keyId: access.keyId,
    subscriptionId: access.subscription?.subscriptionId ?? null,
    productId: product?.productId ?? null,
    scenarioId: access.subscription?.scenarioId ?? null,
    purposeClass: access.subscription?.purposeClass ?? null,
    route: product
      ? `/data/v1/${product.code}${product.content?.delivery.path ?? ''}`
      : '/data/v1/{product}',
  } as const
}
