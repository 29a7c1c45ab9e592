import { audit } from '#kernel/audit.ts'
import { canonicalBytes, canonicalDigest, type CanonicalValue } from '#kernel/canonical-json.ts'
import type { Context } from '#kernel/context.ts'
import { verifyRawSignature } from '#kernel/crypto/signature.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { eventIdOf, type UsageEvent } from '#metering/usage-event.ts'
import { type BatchSource, lockBatchSource } from './batch-source.queries.ts'
import { forwardJobId } from './forward-job.ts'
import { findBatch, insertUsageBatch, listReported, nextPlace } from './usage-batch.queries.ts'

export type SignedBatch = Readonly<{
  sourceId: Id<'source'>
  sequence: number
  /** What was signed, beside source and number; each entry names its `reference`. */
  events: readonly Readonly<{ [key: string]: CanonicalValue; reference: string }>[]
  /** Ed25519 in base64url over the canonical JSON of {kind: 'usage-batch', sequence, source_id, events}. */
  signature: string
}>

export type BatchReceipt = Readonly<{
  sourceId: Id<'source'>
  sequence: number
  digest: string
  eventCount: number
  acceptedAt: Date
  /** The platform's signature over the above. */
  receipt: string
}>

/** What the platform makes of the reported events, in their order: its own facts, price and charge. */
export type JudgeEvents = (tx: Tx, source: BatchSource) => Promise<readonly UsageEvent[]>

export type AcceptDeps = Readonly<{
  judge: JudgeEvents
  sign: (bytes: Uint8Array) => string
}>

/** What a source signs. */
function signedValue(batch: Omit<SignedBatch, 'signature'>): CanonicalValue {
  const { sourceId, sequence, events } = batch
  return { kind: 'usage-batch', source_id: sourceId, sequence, events }
}

/**
 * Accepts a batch of a registered source: whole or not at all, without gaps in its numbers, durable with the
 * work to put it on the stream when this returns. The same batch again gets the same answer.
 * Errors: BATCH_SOURCE_NOT_ACTIVE, BATCH_SIGNATURE_INVALID, BATCH_DIFFERS, BATCH_OUT_OF_SEQUENCE, and what
 * `judge` refuses.
 */
export async function acceptUsageBatch(
  ctx: Context,
  batch: SignedBatch,
  deps: AcceptDeps,
): Promise<BatchReceipt> {
  const signed = signedValue(batch)
  const digest = canonicalDigest(signed)
  return inTransaction(ctx.db, async (tx) => {
    const source = await lockBatchSource(tx, batch.sourceId)
    if (!source?.approvedAt || source.revokedAt) throw new DomainError('BATCH_SOURCE_NOT_ACTIVE')
    const { publicKey } = source
    const { signature } = batch
    if (!verifyRawSignature({ publicKey, bytes: canonicalBytes(signed), signature }))
      throw new DomainError('BATCH_SIGNATURE_INVALID')
    const earlier = await findBatch(tx, batch)
    if (earlier && earlier.digest !== digest) throw new DomainError('BATCH_DIFFERS')
    if (earlier) return earlier
    const place = await nextPlace(tx, source.sourceId)
    if (batch.sequence !== place.sequence)
      throw new DomainError('BATCH_OUT_OF_SEQUENCE', { expected: place.sequence })
    await refuseRepeatedReferences(tx, batch)
    const events = await deps.judge(tx, source)
    const facts = {
      sourceId: source.sourceId,
      sequence: batch.sequence,
      digest,
      eventCount: events.length,
      acceptedAt: ctx.clock.now(),
    }
    const receipt = deps.sign(receiptBytes(facts))
    await insertUsageBatch(tx, { ...facts, receipt, batch, events, firstEvent: place.event })
    await announce(tx, ctx.clock, {
      kind: 'usage_batch.accepted',
      jobId: forwardJobId(batch),
      payload: { sourceId: source.sourceId, sequence: String(batch.sequence) },
    })
    await audit(tx, ctx, {
      action: 'usage_batch:accepted',
      objectType: 'batch_source',
      objectId: source.sourceId,
      detail: { sequence: batch.sequence, digest, events: events.length },
    })
    return { ...facts, receipt }
  })
}

function receiptBytes(facts: Omit<BatchReceipt, 'receipt'>): Uint8Array {
  const { acceptedAt, ...rest } = facts
  return canonicalBytes({
    kind: 'usage-batch-receipt',
    ...rest,
    acceptedAt: acceptedAt.toISOString(),
  })
}

/** A source names each event once, for ever: nothing it reports twice is counted twice. */
async function refuseRepeatedReferences(tx: Tx, batch: SignedBatch): Promise<void> {
  const references = batch.events.map(({ reference }) => reference)
  const seen = new Set(await listReported(tx, { sourceId: batch.sourceId, references }))
  for (const [index, reference] of references.entries()) {
    if (seen.has(reference))
      throw new DomainError('BATCH_EVENT_REFUSED', { index, reason: 'reported_before' })
    seen.add(reference)
  }
}

/** The id of a reported event: of its moment, and always the same for the same name. */
export function reportedEventId(
  of: Readonly<{ sourceId: string; reference: string; occurredAtMs: number }>,
): string {
  const { sourceId, reference, occurredAtMs } = of
  return eventIdOf({ name: `${sourceId}\n${reference}`, occurredAtMs })
}
