import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import {
  lockOrganization,
  updateOrganizationStatus,
} from '#governance/organization/organization.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { SignDevelopmentAgreement, SignDevelopmentAgreementResult } from './contract.ts'
import { lockDevelopmentAgreement, updateDevelopmentAgreementSigned } from './entry.queries.ts'

/** The applicant signs what it was offered, and is an active buyer from then on (R35). */
export async function signDevelopmentAgreement(
  ctx: Context,
  input: SignDevelopmentAgreement,
): Promise<SignDevelopmentAgreementResult> {
  requirePermission(ctx, 'development_agreement:sign')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const agreement = await lockDevelopmentAgreement(tx, input.developmentAgreementId)
    requireOwn(ctx, agreement.buyerId)
    if (agreement.status === 'in_force') return { kind: 'already_signed' }
    if (agreement.status === 'ended')
      throw new DomainError('INVALID_TRANSITION', { status: agreement.status })
    await requireActiveOperator(tx, { operatorId: agreement.operatorId, at: now })
    const buyer = await lockOrganization(tx, agreement.buyerId)
    if (buyer.status === 'suspended' || buyer.status === 'exited')
      throw new DomainError('BUYER_NOT_ACTIVE', { status: buyer.status })
    await updateDevelopmentAgreementSigned(tx, {
      id: agreement.id,
      by: actorId(ctx.actor),
      at: now,
    })
    await updateOrganizationStatus(tx, { id: buyer.id, status: 'active' })
    await audit(tx, ctx, {
      action: 'development_agreement:sign',
      objectType: 'development_agreement',
      objectId: agreement.id,
    })
    return { kind: 'signed' }
  })
}
