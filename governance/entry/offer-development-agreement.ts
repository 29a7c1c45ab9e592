import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { dayOf, parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { OfferDevelopmentAgreement, OfferDevelopmentAgreementResult } from './contract.ts'
import { findDevelopmentAgreement, insertDevelopmentAgreement, lockEntry } from './entry.queries.ts'

/**
 * Offers the development agreement (开发利用协议) to an organization whose entry is approved (R35).
 *
 * @throws ENTRY_NOT_APPROVED, OPERATOR_NOT_ACTIVE
 */
export async function offerDevelopmentAgreement(
  ctx: Context,
  input: OfferDevelopmentAgreement,
): Promise<OfferDevelopmentAgreementResult> {
  requirePermission(ctx, 'development_agreement:offer')
  const now = ctx.clock.now()
  parseDay(input.startsOn, 'startsOn')
  if (parseDay(input.endsOn, 'endsOn') < input.startsOn) refuseValue('endsOn', 'before_start')
  return change(ctx, async (tx) => {
    const entry = await lockEntry(tx, input.entryApplicationId)
    requireOwn(ctx, entry.operatorId)
    await requireActiveOperator(tx, { operatorId: entry.operatorId, at: now })
    if (entry.status !== 'approved') throw new DomainError('ENTRY_NOT_APPROVED')
    const known = await findDevelopmentAgreement(tx, entry)
    if (known !== undefined)
      return { kind: 'already_offered', developmentAgreementId: known.id, number: known.number }
    const id = newId('devagr', ctx.clock)
    const year = Number(dayOf(now).slice(0, 4))
    const number = await nextDocumentNumber(tx, { prefix: 'KF', year })
    await insertDevelopmentAgreement(tx, {
      id,
      number,
      buyer_id: entry.buyerId,
      operator_id: entry.operatorId,
      entry_application_id: entry.id,
      starts_on: input.startsOn,
      ends_on: input.endsOn,
      offered_by: actorId(ctx.actor),
      offered_at: now,
      status: 'offered',
    })
    await audit(tx, ctx, {
      action: 'development_agreement:offer',
      objectType: 'development_agreement',
      objectId: id,
      detail: { number, buyerId: entry.buyerId },
    })
    return { kind: 'offered', developmentAgreementId: id, number }
  })
}
