import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockProposal, saveProposalDecision } from './proposal.queries.ts'

export type RefusePostedPrice = Readonly<{ proposalId: Id<'proposal'>; reason: string }>
export type RefusePostedPriceResult = Readonly<{ kind: 'refused' | 'already_refused' }>

/** The operator's head refuses a proposed price with a reason. */
export async function refusePostedPrice(
  ctx: Context,
  input: RefusePostedPrice,
): Promise<RefusePostedPriceResult> {
  requirePermission(ctx, 'posted_price:approve')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const proposal = await lockProposal(tx, ctx, input.proposalId)
    if (proposal.status === 'refused') return { kind: 'already_refused' }
    if (proposal.status !== 'proposed')
      throw new DomainError('INVALID_TRANSITION', { status: proposal.status })
    if (proposal.proposedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    await saveProposalDecision(tx, {
      proposalId: proposal.proposalId,
      status: 'refused',
      decidedBy: actorId(ctx.actor),
      decidedAt: ctx.clock.now(),
      reason: input.reason,
    })
    await audit(tx, ctx, {
      action: 'posted_price:refuse',
      objectType: 'posted_price_proposal',
      objectId: proposal.proposalId,
      detail: { reason: input.reason },
    })
    return { kind: 'refused' }
  })
}
