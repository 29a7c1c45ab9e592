import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { SignAgreement, SignAgreementResult } from './contract.ts'
import { lockAgreement, updateAgreementSigned } from './operator.queries.ts'

/**
 * Puts the signed operating agreement in force; an operator has one at a time.
 *
 * @throws CONFLICT while another is in force; INVALID_TRANSITION for one that has ended
 */
export async function signAgreement(
  ctx: Context,
  input: SignAgreement,
): Promise<SignAgreementResult> {
  requirePermission(ctx, 'agreement:sign')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const agreement = await lockAgreement(tx, input.agreementId)
    if (agreement.status === 'ended')
      throw new DomainError('INVALID_TRANSITION', { status: agreement.status })
    if (agreement.status === 'in_force') {
      invariant(agreement.signedAt, 'an agreement in force was signed')
      return { kind: 'already_signed', signedAt: agreement.signedAt }
    }
    await updateAgreementSigned(tx, { id: agreement.id, at: now })
    await audit(tx, ctx, {
      action: 'agreement:sign',
      objectType: 'agreement',
      objectId: agreement.id,
    })
    return { kind: 'signed', signedAt: now }
  })
}
