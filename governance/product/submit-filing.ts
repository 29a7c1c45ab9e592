import { actorId, type Context } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { SubmitFiling, SubmitFilingResult } from './contract.ts'
import { moveVersion } from './move-version.ts'
import { lockVersion } from './product.queries.ts'
import { insertFiling, lockOpenFiling } from './review.queries.ts'

/** Files a reviewed version with the data bureau (备案, R30). */
export async function submitFiling(ctx: Context, input: SubmitFiling): Promise<SubmitFilingResult> {
  requirePermission(ctx, 'product:file')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    requireOwn(ctx, version.operatorId)
    await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
    const open = await lockOpenFiling(tx, version.id)
    if (open !== undefined) return { kind: 'already_submitted', filingId: open.id }
    const filingId = newId('filing', ctx.clock)
    await insertFiling(tx, {
      id: filingId,
      product_version_id: version.id,
      content_digest: version.contentDigest,
      submitted_by: actorId(ctx.actor),
      submitted_at: now,
    })
    await moveVersion(tx, ctx, { version, move: 'file', reason: '' })
    return { kind: 'submitted', filingId }
  })
}
