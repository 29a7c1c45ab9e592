import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { DecideUseApplication, DecideUseApplicationResult } from './contract.ts'
import { lockUseApplication, updateUseApplication } from './use-application.queries.ts'

/** The operator of the product decides who may use it, in this scenario and with these limits. */
export async function decideUseApplication(
  ctx: Context,
  input: DecideUseApplication,
): Promise<DecideUseApplicationResult> {
  requirePermission(ctx, 'use_application:decide')
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  const now = ctx.clock.now()
  const outcome = input.verdict === 'approve' ? 'approved' : 'rejected'
  return change(ctx, async (tx) => {
    const use = await lockUseApplication(tx, input.useApplicationId)
    requireOwn(ctx, use.operatorId)
    await requireActiveOperator(tx, { operatorId: use.operatorId, at: now })
    if (use.status === outcome) return { kind: 'already_decided' }
    if (use.status !== 'submitted')
      throw new DomainError('INVALID_TRANSITION', { status: use.status })
    await updateUseApplication(tx, use.id, {
      status: outcome,
      decided_by: actorId(ctx.actor),
      decided_at: now,
      reason: input.reason,
    })
    await audit(tx, ctx, {
      action: 'use_application:decide',
      objectType: 'use_application',
      objectId: use.id,
      detail: { verdict: input.verdict, reason: input.reason },
    })
    return { kind: outcome }
  })
}
