import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type CorrectionProposal, listCorrectionProposals } from './correction.queries.ts'

const shownMax = 200

/** Corrections proposed and decided: an operator's own, all for bureaus and auditors. Errors: FORBIDDEN. */
export async function listUsageCorrections(ctx: Context): Promise<CorrectionProposal[]> {
  requirePermission(ctx, 'usage_correction:read')
  const { actor } = ctx
  const isOperator = actor.kind === 'person' && actor.organizationKind === 'operator'
  return listCorrectionProposals(ctx.db, {
    limit: shownMax,
    ...(isOperator ? { operatorId: actor.organizationId } : {}),
  })
}
