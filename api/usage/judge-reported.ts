import { priceAtMs, type PriceVersion } from '#api/gateway/access.ts'
import { priceVersionFromRow } from '#api/gateway/access.queries.ts'
import { decideCharge } from '#api/gateway/decide-charge.ts'
import { invariant } from '#kernel/errors.ts'
import { reportedEventId, type UsageEvent } from '#metering/index.ts'
import type { ReportedSubscription, ReportedVersion } from './reported-facts.queries.ts'

/** One use as a source reports it; everything else of the event the platform says itself. */
export type ReportedUse = Readonly<{
  reference: string
  occurredAtMs: number
  subscriptionId: string
  productVersionId: string
  resultClass: 'found' | 'not_found' | 'failed'
  httpStatus: number
  records: number
  bytes: number
  durationMs: number
}>

export type ReportedFacts = Readonly<{
  sourceId: string
  /** Versions the source may report. */
  productVersionIds: readonly string[]
  /** Uses from this moment on, and up to the other, can still be billed. */
  acceptFromMs: number
  acceptToMs: number
  subscription: ReportedSubscription | undefined
  version: ReportedVersion | undefined
}>

export type Judged =
  Readonly<{ kind: 'event'; event: UsageEvent }> | Readonly<{ kind: 'refused'; reason: string }>

/**
 * Makes a usage event of a reported use, as the gateway would have at its moment: the right, the purpose, the
 * product and the price then in force, and billable by the rule of that price. Else why not.
 */
export function judgeReported(use: ReportedUse, facts: ReportedFacts): Judged {
  const { subscription } = facts
  const prices = subscription?.prices?.map(priceVersionFromRow) ?? []
  const price = priceAtMs(prices, use.occurredAtMs) ?? null
  const reason = whyRefused(use, facts, price)
  if (reason !== undefined) return { kind: 'refused', reason }
  invariant(subscription, 'an accepted use has its subscription')
  const charge = decideCharge({
    mode: 'live',
    purposeClass: subscription.purpose_class,
    price,
    resultClass: use.resultClass,
    httpStatus: use.httpStatus,
    why: 'upstream_failed',
  })
  const event: UsageEvent = {
    eventId: reportedEventId({ ...use, sourceId: facts.sourceId }),
    occurredAtMs: use.occurredAtMs,
    mode: 'live',
    buyerId: subscription.buyer_id,
    // No key was used; the source stands in its place.
    keyId: facts.sourceId,
    subscriptionId: subscription.id,
    productId: subscription.product_id,
    productVersionId: use.productVersionId,
    scenarioId: subscription.scenario_id,
    purposeClass: subscription.purpose_class,
    priceReference: price?.postedPriceId ?? null,
    requestId: use.reference,
    route: `/v1/usage/batches/${subscription.product_code}`,
    resultClass: use.resultClass,
    reason: charge.reason,
    httpStatus: use.httpStatus,
    billable: charge.billable,
    attempts: 1,
    records: use.records,
    bytes: use.bytes,
    durationMs: use.durationMs,
    requestDigest: null,
    repeatsEventId: null,
    idempotencyKey: null,
  }
  return { kind: 'event', event }
}

function whyRefused(
  use: ReportedUse,
  facts: ReportedFacts,
  price: PriceVersion | null,
): string | undefined {
  const { subscription, version } = facts
  const at = use.occurredAtMs
  if (at < facts.acceptFromMs || at > facts.acceptToMs) return 'time_out_of_range'
  if (!facts.productVersionIds.includes(use.productVersionId)) return 'version_not_of_source'
  if (!subscription) return 'unknown_subscription'
  if (version?.product_id !== subscription.product_id) return 'version_not_of_subscription'
  if (!wasListed(version, at)) return 'version_not_listed'
  if (subscription.buyer_status !== 'active') return 'buyer_not_active'
  if (subscription.scenario_status !== 'approved') return 'purpose_not_allowed'
  if (!wasInForce(subscription, at)) return 'subscription_not_in_force'
  if (subscription.purpose_class === 'industry' && price === null) return 'no_posted_price'
  return undefined
}

/** Listed now, since before; or left the list only after the moment. */
function wasListed(version: ReportedVersion, atMs: number): boolean {
  const changedMs = version.status_changed_at.getTime()
  if (version.status === 'listed') return changedMs <= atMs
  return (version.status === 'suspended' || version.status === 'delisted') && atMs < changedMs
}

function wasInForce(subscription: ReportedSubscription, atMs: number): boolean {
  if (atMs < subscription.starts_at.getTime() || atMs >= subscription.ends_at.getTime())
    return false
  return subscription.status === 'active' || atMs < subscription.status_changed_at.getTime()
}
