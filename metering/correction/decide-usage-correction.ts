import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import { type Id, uuidv7At } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { shardOf } from '#metering/shards.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import { saveVerdict } from '#metering/verdict.queries.ts'
import { addToRollUps, takeFromRollUps } from '#metering/writer/roll-up.ts'
import { type SqlClient, sqlClientOf } from '#metering/writer/sql-client.ts'
import { applyBatch, nextBatch } from '#metering/writer/write-batch.ts'
import {
  insertCorrection,
  lockCorrectionProposal,
  type LockedProposal,
} from './correction.queries.ts'
import { findStoredEvent } from './stored-event.queries.ts'

export type DecideUsageCorrection = Readonly<{
  proposalId: Id<'correction'>
  verdict: 'approved' | 'refused'
  note: string
}>
export type DecideUsageCorrectionResult = Readonly<{
  kind: 'approved' | 'refused' | 'already_decided'
}>

/** Why a call is free since it was voided. */
const voided = { billable: false, reason: 'voided' } as const

/**
 * The operator's head decides on a correction of another person. Approved, it becomes a further event in a
 * batch of the buyer's shard, so that a bill knows whether it has seen it; roll-ups move in the same commit.
 * Errors: FORBIDDEN, NOT_FOUND, SELF_APPROVAL, CONFLICT.
 */
export async function decideUsageCorrection(
  ctx: Context,
  input: DecideUsageCorrection,
): Promise<DecideUsageCorrectionResult> {
  requirePermission(ctx, 'usage_correction:approve')
  if (input.note.trim() === '') refuseValue('note', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const proposal = await lockCorrectionProposal(tx, input.proposalId)
    const { actor } = ctx
    if (!proposal || actor.kind !== 'person' || proposal.operatorId !== actor.organizationId)
      throw new DomainError('NOT_FOUND')
    if (proposal.verdict) return { kind: 'already_decided' }
    if (proposal.proposedBy === actorId(actor)) throw new DomainError('SELF_APPROVAL')
    const now = ctx.clock.now()
    const by = actorId(actor)
    const table = 'metering.usage_correction_proposal'
    await saveVerdict(tx, { ...input, table, by, at: now })
    if (input.verdict === 'approved') await carryOut(tx, { proposal, now, by })
    await audit(tx, ctx, {
      action: 'usage_correction:approve',
      objectType: 'usage_event',
      objectId: proposal.eventId,
      detail: { ...input, correctionKind: proposal.kind },
    })
    if (input.verdict === 'approved')
      await announce(tx, ctx.clock, {
        kind: 'usage.corrected',
        jobId: `usage-corrected-${proposal.proposalId}`,
        payload: {
          buyerId: proposal.buyerId,
          operatorId: proposal.operatorId,
          eventId: proposal.eventId,
        },
      })
    return { kind: input.verdict }
  })
}

async function carryOut(
  tx: Tx,
  { proposal, now, by }: Readonly<{ proposal: LockedProposal; now: Date; by: string }>,
): Promise<void> {
  const stored = await findStoredEvent(tx, proposal)
  invariant(stored, 'a proposed correction points at a stored event')
  const client = sqlClientOf(tx)
  const at = { shard: shardOf(proposal.buyerId), now }
  const replacement = replacementOf(stored.event, proposal)
  const batch = replacement
    ? await writeReplacement(client, at, replacement)
    : await nextBatch(client, at)
  await insertCorrection(tx, {
    proposal,
    batch,
    at: now,
    approvedBy: by,
    replacementEventId: replacement?.eventId ?? null,
  }).catch((error: unknown) => {
    if (violatedConstraint(error) === 'usage_correction_pkey')
      throw new DomainError('CONFLICT', { reason: 'corrected_already' })
    throw error
  })
  await takeFromRollUps(client, stored.event)
  if (!replacement) await addToRollUps(client, [{ ...stored.event, ...voided }])
}

/** A further event of the same moment, with the facts as they should have been. */
function replacementOf(first: UsageEvent, { replacement }: LockedProposal): UsageEvent | null {
  return replacement && { ...first, ...replacement, eventId: uuidv7At(first.occurredAtMs) }
}

async function writeReplacement(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
  event: UsageEvent,
): Promise<bigint> {
  const events = [{ event, bootId: null, bootSequence: null }]
  const { inserted, batch } = await applyBatch(client, at, { events, poison: [], boots: [] })
  invariant(inserted === 1, 'a replacement is a new event')
  return batch
}
