import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { addMonths, monthOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { productsOfOperator } from '#metering/operator-products.queries.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import {
  type CorrectionKind,
  insertCorrectionProposal,
  type UsageReplacement,
} from './correction.queries.ts'
import { findStoredEvent } from './stored-event.queries.ts'

/** Bills look back so far for what arrived late or was corrected; older calls need a refund instead. */
const correctableMonths = 11

export type ProposeUsageCorrection = Readonly<{
  buyerId: Id<'org'>
  eventId: string
  kind: CorrectionKind
  reason: string
  /** The document or complaint that asks for it. */
  reference: string
  /** Of a replacement: what is said instead, with whether that is billable, as billing's rule says. */
  replacement: UsageReplacement | null
}>
export type ProposeUsageCorrectionResult = Readonly<{
  kind: 'proposed'
  proposalId: Id<'correction'>
}>

/**
 * Proposes that a recorded call be voided, or replaced by what it really was (R66). The event itself is
 * never changed; once the head approves, a further one points at it.
 * Errors: FORBIDDEN, NOT_FOUND (also another operator's), CONFLICT (corrected or proposed already),
 * VALIDATION_FAILED.
 */
export async function proposeUsageCorrection(
  ctx: Context,
  input: ProposeUsageCorrection,
): Promise<ProposeUsageCorrectionResult> {
  requirePermission(ctx, 'usage_correction:propose')
  for (const field of ['reason', 'reference'] as const)
    if (input[field].trim() === '') refuseValue(field, 'empty')
  const operatorId = operatorOf(ctx)
  return inTransaction(ctx.db, async (tx) => {
    const stored = await findStoredEvent(tx, input)
    const productId = stored?.event.productId ?? ''
    const own = await productsOfOperator(tx, { operatorId, productIds: [productId] })
    if (!stored || own.length === 0) throw new DomainError('NOT_FOUND')
    if (stored.isCorrected) throw new DomainError('CONFLICT', { reason: 'corrected_already' })
    refuseWhatCannotBe(stored.event, input)
    const oldest = addMonths(monthOf(ctx.clock.now()), -correctableMonths)
    if (monthOf(new Date(stored.event.occurredAtMs)) < oldest) refuseValue('event_id', 'too_old')
    const proposalId = newId('correction', ctx.clock)
    await insertCorrectionProposal(tx, {
      ...input,
      proposalId,
      operatorId,
      occurredAt: new Date(stored.event.occurredAtMs),
      proposedBy: actorId(ctx.actor),
      proposedAt: ctx.clock.now(),
    }).catch((error: unknown) => {
      if (violatedConstraint(error) === 'usage_correction_one_open')
        throw new DomainError('CONFLICT', { reason: 'proposed_already' })
      throw error
    })
    const { buyerId, eventId, kind, reason, reference } = input
    await audit(tx, ctx, {
      action: 'usage_correction:propose',
      objectType: 'usage_event',
      objectId: eventId,
      detail: { proposalId, buyerId, kind, reason, reference, replacement: input.replacement },
    })
    return { kind: 'proposed', proposalId }
  })
}

function operatorOf({ actor }: Context): Id<'org'> {
  if (actor.kind !== 'person') throw new DomainError('FORBIDDEN')
  return actor.organizationId
}

/** A void takes a charge away, so there must be one; a replacement must be a delivered or failed live call. */
function refuseWhatCannotBe(event: UsageEvent, input: ProposeUsageCorrection): void {
  const { replacement } = input
  if (input.kind === 'void' && !event.billable) refuseValue('event_id', 'not_billable')
  if ((input.kind === 'replace') !== (replacement !== null))
    refuseValue('replacement', 'belongs_to_replace')
  if (!replacement) return
  if (event.mode !== 'live' || event.attempts !== 1 || event.subscriptionId === null)
    refuseValue('event_id', 'cannot_be_replaced')
  if (event.resultClass === 'repeated' || replacement.resultClass === 'repeated')
    refuseValue('replacement.result_class', 'repeated')
}
