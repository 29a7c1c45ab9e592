import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { change } from '#governance/refusals.ts'
import type { DecideFiling, DecideFilingResult } from './contract.ts'
import { moveVersion } from './move-version.ts'
import { lockVersion, type VersionRecord } from './product.queries.ts'
import { findLastSubmitter, insertReview, lockOpenFiling, updateFiling } from './review.queries.ts'

/**
 * The data bureau confirms a filing, with a number, or returns it with a reason, which opens the
 * outbound review again (R32).
 *
 * @throws INVALID_TRANSITION where nothing is filed; CONFLICT for a number that is taken
 */
export async function decideFiling(ctx: Context, input: DecideFiling): Promise<DecideFilingResult> {
  requirePermission(ctx, 'filing:decide')
  const reason = input.reason?.trim() ?? ''
  if (input.verdict === 'returned' && reason === '') refuseValue('reason', 'required')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    const filing = await lockOpenFiling(tx, version.id)
    if (filing === undefined)
      throw new DomainError('INVALID_TRANSITION', { status: version.status })
    const decision = { decided_by: actorId(ctx.actor), decided_at: now }
    if (input.verdict === 'returned') {
      await updateFiling(tx, filing.id, { ...decision, verdict: 'returned', reason })
      await moveVersion(tx, ctx, { version, move: 'return_filing', reason })
      await reopenReview(tx, ctx, version)
      return { kind: 'returned' }
    }
    const number = input.number?.trim() || (await nextFilingNumber(tx, now))
    await updateFiling(tx, filing.id, {
      ...decision,
      verdict: 'confirmed',
      number,
      reason: reason || null,
    })
    await moveVersion(tx, ctx, { version, move: 'confirm_filing', reason: number })
    return { kind: 'confirmed', number }
  })
}

function nextFilingNumber(tx: Tx, at: Date): Promise<string> {
  return nextDocumentNumber(tx, { prefix: 'BA', year: Number(dayOf(at).slice(0, 4)) })
}

async function reopenReview(tx: Tx, ctx: Context, version: VersionRecord): Promise<void> {
  const submitter = await findLastSubmitter(tx, version.id)
  invariant(submitter, 'a filed version was submitted to review by somebody')
  await insertReview(tx, {
    id: newId('review', ctx.clock),
    product_version_id: version.id,
    content_digest: version.contentDigest,
    submitted_by: submitter,
    submitted_at: ctx.clock.now(),
  })
}
