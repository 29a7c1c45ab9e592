import { actorId, type Context } from '#kernel/context.ts'
import { parseDigest } from '#kernel/crypto/digest.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ReviewOutbound, ReviewOutboundResult } from './contract.ts'
import { moveVersion } from './move-version.ts'
import { outboundChecklist } from './outbound-checklist.ts'
import { lockVersion } from './product.queries.ts'
import { lockOpenReview, updateReview } from './review.queries.ts'

/**
 * Outbound review of a version (R31): every item of the checklist answered, by somebody who did not
 * submit it. A pass needs every item met and evidence; a failure sends the version back to draft.
 *
 * @throws SELF_APPROVAL, REVIEW_INCOMPLETE naming the items, INVALID_TRANSITION
 */
export async function reviewOutbound(
  ctx: Context,
  input: ReviewOutbound,
): Promise<ReviewOutboundResult> {
  requirePermission(ctx, 'product:review')
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  checkAnswers(input)
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    requireOwn(ctx, version.operatorId)
    await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
    const review = await lockOpenReview(tx, version.id)
    if (review === undefined)
      throw new DomainError('INVALID_TRANSITION', { status: version.status })
    if (review.submittedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    await updateReview(tx, review.id, {
      checklist: JSON.stringify(input.checklist),
      evidence_digest: input.evidenceDigest ?? null,
      verdict: input.verdict,
      reason: input.reason,
      reviewed_by: actorId(ctx.actor),
      reviewed_at: now,
    })
    const move = input.verdict === 'passed' ? 'pass_review' : 'fail_review'
    await moveVersion(tx, ctx, { version, move, reason: input.reason })
    return { kind: input.verdict }
  })
}

function checkAnswers(input: ReviewOutbound): void {
  const answered = new Map(input.checklist.map((answer) => [answer.item, answer]))
  if (answered.size !== input.checklist.length) refuseValue('checklist', 'repeated_item')
  if (input.evidenceDigest) parseDigest(input.evidenceDigest, 'evidenceDigest')
  const unanswered = outboundChecklist.filter((item) => !answered.has(item))
  if (unanswered.length > 0) throw new DomainError('REVIEW_INCOMPLETE', { unanswered })
  if (input.verdict === 'failed') return
  const unmet = outboundChecklist.filter((item) => answered.get(item)?.isMet !== true)
  if (unmet.length > 0) throw new DomainError('REVIEW_INCOMPLETE', { unmet })
  if (!input.evidenceDigest) throw new DomainError('REVIEW_INCOMPLETE', { unmet: ['evidence'] })
}
