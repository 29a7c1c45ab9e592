import { problemDocument } from '#api/problem.ts'
import type { Language } from '#api/deps.ts'
import type { ErrorDetail } from '#kernel/errors.ts'
import type { ProblemCode } from '#kernel/problems.ts'
import { encodeReceipt, type UsageEvent, type UsageReceipt } from '#metering/index.ts'
import { type Call, isHead } from './call.ts'
import type { HeldDelivery, StreamedDelivery } from './connector.ts'
import { quotaHeaders, type QuotaUse } from './quota-headers.ts'

export type Recorded = Readonly<{ event: UsageEvent; receipt: UsageReceipt }>

/** The provider's answer with what was metered about it. */
export function deliveredAnswer(
  call: Call,
  answer: Readonly<{ delivery: HeldDelivery; recorded: Recorded; use: QuotaUse | null }>,
): Response {
  const { delivery, recorded, use } = answer
  const hasBody = delivery.status !== 204 && delivery.status !== 304 && !isHead(call)
  return new Response(hasBody ? new Uint8Array(delivery.body) : null, {
    status: delivery.status,
    headers: {
      ...delivery.headers,
      ...meteringHeaders(recorded),
      ...(use ? quotaHeaders(call, use) : {}),
      'cache-control': 'no-store',
    },
  })
}

/** The head of a delivery in pieces: what it costs is told when it is closed, under its event's id. */
export function openedAnswer(
  call: Call,
  answer: Readonly<{
    delivery: StreamedDelivery
    body: ReadableStream<Uint8Array>
    use: QuotaUse | null
  }>,
): Response {
  const { delivery, body, use } = answer
  return new Response(body, {
    status: delivery.status,
    headers: {
      ...delivery.headers,
      'x-request-id': call.eventId,
      'x-billed': 'pending',
      'x-usage-event': call.eventId,
      ...(call.price === null ? {} : { 'x-price-version': call.price.postedPriceId }),
      ...(use ? quotaHeaders(call, use) : {}),
      'cache-control': 'no-store',
    },
  })
}

export type ProblemAnswer = Readonly<{
  language: Language
  code: ProblemCode
  requestId: string
  detail?: ErrorDetail
  /** Undefined where the refusal is counted with others of its second, or is no usage at all. */
  recorded?: Recorded
  headers?: Readonly<Record<string, string>>
}>

/** A refusal or failure as RFC 9457 tells it; never charged. */
export function problemAnswer(answer: ProblemAnswer): Response {
  const { language, code, requestId, detail, recorded } = answer
  const document = problemDocument(code, {
    language,
    requestId,
    ...(detail === undefined ? {} : { detail }),
  })
  const seconds = detail?.['retryAfterSeconds']
  const contentRange = detail?.['contentRange']
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': language === 'zh' ? 'zh-CN' : 'en',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      'x-billed': 'false',
      'x-billing-reason': code.toLowerCase(),
      ...(typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {}),
      ...(typeof contentRange === 'string' ? { 'content-range': contentRange } : {}),
      ...(recorded ? meteringHeaders(recorded) : {}),
      ...answer.headers,
    },
  })
}

function meteringHeaders({ event, receipt }: Recorded): Record<string, string> {
  return {
    'x-request-id': event.requestId,
    'x-billed': String(event.billable),
    'x-billing-reason': event.reason,
    ...(event.priceReference === null ? {} : { 'x-price-version': event.priceReference }),
    ...(event.repeatsEventId === null ? {} : { 'x-repeats': event.repeatsEventId }),
    'x-usage-receipt': encodeReceipt(receipt),
  }
}
