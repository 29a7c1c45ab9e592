import { hash } from 'node:crypto'
import { z } from 'zod'

export const resultClasses = ['found', 'not_found', 'refused', 'failed', 'repeated'] as const
export type ResultClass = (typeof resultClasses)[number]
export type UsageMode = 'live' | 'sandbox'

/**
 * One attempt at the gateway, charged or not (R41). `eventId` is a uuidv7 whose milliseconds are
 * `occurredAtMs`. No payload, no personal identifier: the request is an HMAC, the path a route pattern.
 */
export type UsageEvent = Readonly<{
  eventId: string
  occurredAtMs: number
  mode: UsageMode
  buyerId: string
  keyId: string
  subscriptionId: string | null
  productId: string | null
  productVersionId: string | null
  scenarioId: string | null
  purposeClass: 'public_interest' | 'industry' | null
  /** The posted price that held at the call; opaque here. */
  priceReference: string | null
  requestId: string
  route: string
  resultClass: ResultClass
  /** Why it is billable or not: `found`, `public_interest`, `upstream_failed`, `quota_exceeded` … */
  reason: string
  httpStatus: number
  billable: boolean
  attempts: number
  records: number
  bytes: number
  durationMs: number
  requestDigest: string | null
  repeatsEventId: string | null
  /** The caller's own key, held for ever once a billable call has used it. */
  idempotencyKey: string | null
  /** Only on the opening record of a delivery in pieces, which is no event yet: when it must be closed. */
  opensUntilMs?: number
  /** Only on the event that closes such a delivery. */
  closesOpening?: true
}>

const id = z.string().min(1).max(64)
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const uuid = z.string().regex(uuidForm)
const wholeNumber = z.int().min(0)

const storedEvent = z.strictObject({
  eventId: uuid,
  occurredAtMs: wholeNumber,
  mode: z.enum(['live', 'sandbox']),
  buyerId: id,
  keyId: id,
  subscriptionId: id.nullable(),
  productId: id.nullable(),
  productVersionId: id.nullable(),
  scenarioId: id.nullable(),
  purposeClass: z.enum(['public_interest', 'industry']).nullable(),
  priceReference: id.nullable(),
  requestId: z.string().min(1).max(100),
  route: z.string().min(1).max(300),
  resultClass: z.enum(resultClasses),
  reason: z.string().min(1).max(100),
  httpStatus: z.int().min(100).max(599),
  billable: z.boolean(),
  attempts: z.int().min(1),
  records: wholeNumber,
  bytes: wholeNumber,
  durationMs: wholeNumber,
  requestDigest: z.string().max(200).nullable(),
  repeatsEventId: uuid.nullable(),
  idempotencyKey: z.string().min(1).max(255).nullable(),
  opensUntilMs: wholeNumber.exactOptional(),
  closesOpening: z.literal(true).exactOptional(),
})

/** Whether the parts of an event agree, as the database will insist. */
function contradiction(event: UsageEvent): string | undefined {
  if (msOfUuid(event.eventId) !== event.occurredAtMs) return 'the event id is of another time'
  if ((event.resultClass === 'repeated') !== (event.repeatsEventId !== null))
    return 'a repeated call names its first, and only a repeated one'
  if (event.attempts > 1 && event.resultClass !== 'refused')
    return 'only refusals are counted together'
  if (
    event.opensUntilMs !== undefined &&
    (event.billable || event.opensUntilMs <= event.occurredAtMs)
  )
    return 'an opening record charges nothing and ends after it begins'
  if (!event.billable) return undefined
  if (event.mode !== 'live' || event.purposeClass !== 'industry')
    return 'nothing may charge this call'
  if (event.resultClass !== 'found' && event.resultClass !== 'not_found')
    return 'only a delivered call is billable'
  return event.subscriptionId && event.productVersionId && event.priceReference
    ? undefined
    : 'a billable call names subscription, product version and price'
}

export type ParsedEvent =
  | Readonly<{ kind: 'event'; event: UsageEvent }>
  | Readonly<{ kind: 'poison'; reason: string; buyerId: string | null; body: string }>

/** Reads one event of a stream entry, strictly; what cannot be read is poison and says why. */
export function parseUsageEvent(value: unknown): ParsedEvent {
  const read = storedEvent.safeParse(value)
  const reason = read.success
    ? contradiction(read.data)
    : `${read.error.issues[0]?.path.join('.') ?? ''}: ${read.error.issues[0]?.message ?? 'not an event'}`
  if (read.success && !reason) return { kind: 'event', event: read.data }
  const buyerId =
    typeof value === 'object' &&
    value !== null &&
    'buyerId' in value &&
    typeof value.buyerId === 'string'
      ? value.buyerId
      : null
  return { kind: 'poison', reason: reason ?? 'not an event', buyerId, body: JSON.stringify(value) }
}

/** The moment in a uuidv7. */
export function msOfUuid(uuidText: string): number {
  return Number.parseInt(uuidText.slice(0, 8) + uuidText.slice(9, 13), 16)
}

export function isEventId(text: string): boolean {
  return uuidForm.test(text)
}

/** The id of an event that may be made more than once: of its moment, and always the same for the same name. */
export function eventIdOf(of: Readonly<{ name: string; occurredAtMs: number }>): string {
  const time = of.occurredAtMs.toString(16).padStart(12, '0')
  const rest = hash('sha256', of.name)
  const variant = ((Number.parseInt(rest.charAt(3), 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${variant}${rest.slice(4, 7)}-${rest.slice(7, 19)}`
}
