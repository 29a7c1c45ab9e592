import { type Selectable } from 'kysely'
import { digest, type DigestAlgorithm, type DigestText } from '#kernel/crypto/digest.ts'
import type { ReceiptFacts } from '#metering/recorder/receipt.ts'
import type { Tables } from '#migrations/tables.ts'

/** How a leaf is made; a seal names it, so that another form may follow. */
export const leafForm = 'usage-leaf/1'

/** A stored event, every column of it. */
export type UsageEventRow = Selectable<Tables['metering.usage_event']>

/**
 * What the seal says of one event: the facts of its receipt, how many attempts it counts, and the digest
 * of everything else that is stored of it. So a buyer who holds only the receipt recognizes its call, and
 * no stored value can be changed unseen.
 */
export type UsageLeaf = ReceiptFacts & Readonly<{ attempts: string; rest: DigestText }>

/** Everything stored that is in no receipt, as text or null. */
export type RestFacts = Readonly<{
  batch: string
  bootId: string | null
  bootSequence: string | null
  durationMs: string
  httpStatus: string
  productVersionId: string | null
  purposeClass: string | null
  recordedAt: string
  repeatsEventId: string | null
  requestDigest: string | null
  requestId: string
  route: string
  scenarioId: string | null
  shard: string
}>

// The keys of both stand in the order of canonical JSON, so JSON.stringify writes it: a million leaves
// are made in seconds. The test holds them against canonicalJson.

export function restOf(event: UsageEventRow): RestFacts {
  return {
    batch: String(event.batch),
    bootId: event.boot_id,
    bootSequence: event.boot_sequence === null ? null : String(event.boot_sequence),
    durationMs: String(event.duration_ms),
    httpStatus: String(event.http_status),
    productVersionId: event.product_version_id,
    purposeClass: event.purpose_class,
    recordedAt: event.recorded_at.toISOString(),
    repeatsEventId: event.repeats_event_id,
    requestDigest: event.request_digest,
    requestId: event.request_id,
    route: event.route,
    scenarioId: event.scenario_id,
    shard: String(event.shard),
  }
}

export function leafOf(event: UsageEventRow, algorithm: DigestAlgorithm): UsageLeaf {
  return {
    attempts: String(event.attempts),
    billed: event.billable,
    buyerId: event.buyer_id,
    bytes: String(event.bytes),
    eventId: event.event_id,
    keyId: event.key_id,
    mode: event.mode,
    occurredAt: event.occurred_at.toISOString(),
    priceVersion: event.price_reference,
    productId: event.product_id,
    reason: event.reason,
    records: String(event.records),
    rest: digest(algorithm, JSON.stringify(restOf(event))),
    resultClass: event.result_class,
    subscriptionId: event.subscription_id,
  }
}

/** The canonical JSON of a leaf; its UTF-8 bytes are what the tree is made over. */
export function leafText(leaf: UsageLeaf): string {
  return JSON.stringify(leaf)
}
