import { actorId, type Context } from '#kernel/context.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { SubmitForOutboundReview, SubmitForOutboundReviewResult } from './contract.ts'
import { moveVersion } from './move-version.ts'
import { requireConsentParameter } from './check-content.ts'
import { findPersonalContent, lockVersion } from './product.queries.ts'
import { requireApprovedScenarios, requireSupportedLineage } from './require-supported.ts'
import { insertReview, lockOpenReview } from './review.queries.ts'

/**
 * Hands a draft to outbound review (出域合规审核) by another person of the operator (R30).
 *
 * @throws SCENARIO_NOT_APPROVED, NOT_AUTHORIZED_RESOURCE, RESOURCE_PROHIBITED, INVALID_TRANSITION,
 * VALIDATION_FAILED for personal information without a consent parameter (R88)
 */
export async function submitForOutboundReview(
  ctx: Context,
  input: SubmitForOutboundReview,
): Promise<SubmitForOutboundReviewResult> {
  requirePermission(ctx, 'product:submit_review')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    requireOwn(ctx, version.operatorId)
    await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
    const open = await lockOpenReview(tx, version.id)
    if (open !== undefined) return { kind: 'already_submitted', reviewId: open.id }
    await requireApprovedScenarios(tx, version)
    await requireSupportedLineage(tx, version, now)
    const personal = await findPersonalContent(tx, version.id)
    if (personal) requireConsentParameter(personal.delivery)
    const reviewId = newId('review', ctx.clock)
    await insertReview(tx, {
      id: reviewId,
      product_version_id: version.id,
      content_digest: version.contentDigest,
      submitted_by: actorId(ctx.actor),
      submitted_at: now,
    })
    await moveVersion(tx, ctx, { version, move: 'submit_review', reason: '' })
    return { kind: 'submitted', reviewId }
  })
}
