import { uuidv7At } from '#kernel/ids.ts'
import { dayOf, monthOf } from '#kernel/period.ts'
import {
  type Admission,
  type AdmissionRequest,
  formatRefusalFacts,
  type Ticket,
  type UsageEvent,
  type UsageLimits,
} from '#metering/index.ts'

/** A billable call of one buyer, unless `facts` say otherwise. */
export function sampleEvent(
  facts: Partial<UsageEvent> & Pick<UsageEvent, 'occurredAtMs'>,
): UsageEvent {
  return {
    eventId: uuidv7At(facts.occurredAtMs),
    mode: 'live',
    buyerId: 'org_buyer',
    keyId: 'key_1',
    subscriptionId: 'sub_1',
    productId: 'product_1',
    productVersionId: 'pver_1',
    scenarioId: 'scenario_1',
    purposeClass: 'industry',
    priceReference: 'posted_1',
    requestId: 'request_1',
    route: 'GET /data/v1/{product}/query',
    resultClass: 'found',
    reason: 'found',
    httpStatus: 200,
    billable: true,
    attempts: 1,
    records: 2,
    bytes: 300,
    durationMs: 12,
    requestDigest: null,
    repeatsEventId: null,
    idempotencyKey: null,
    ...facts,
  }
}

/** How a gateway asks whether the call of an event may go on; without limits unless some are given. */
export function admissionOf(
  event: UsageEvent,
  limits: Partial<UsageLimits> = {},
): AdmissionRequest {
  const { eventId, occurredAtMs, buyerId, idempotencyKey, requestDigest } = event
  const at = new Date(occurredAtMs)
  return {
    ...{ eventId, buyerId, nowMs: occurredAtMs, deadlineMs: occurredAtMs + 30_000 },
    holderId: event.subscriptionId ?? event.keyId,
    limits: {
      ...{ callsPerSecond: null, concurrentCalls: null, callsPerDay: null, callsPerMonth: null },
      ...limits,
    },
    ...{ day: dayOf(at), month: monthOf(at) },
    idempotency:
      idempotencyKey === null ? null : { key: idempotencyKey, requestDigest: requestDigest ?? '' },
    refusalFacts: () => formatRefusalFacts(event),
  }
}

/** What an admitted call, or a repeat, is settled by. */
export function ticketOf(admission: Admission): Ticket {
  if (admission.kind === 'refused') throw new Error(`refused: ${admission.reason}`)
  return admission.ticket
}
