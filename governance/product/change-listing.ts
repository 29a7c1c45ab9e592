import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { liftStopOfGone } from '#governance/incident/lift-stop.ts'
import { isOfKind, requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ChangeListing, ChangeListingResult } from './contract.ts'
import { type ProductVersionMove, productVersionMoves } from './lifecycle.ts'
import { moveVersion } from './move-version.ts'
import { lockVersion, type VersionRecord } from './product.queries.ts'
import { resumeVersion, suspendVersion } from './suspend-version.ts'

/**
 * Takes a listed product off the market for a time; calls are refused, and not charged, from now on. It
 * opens an incident (R87), as a stop from the emergency page does.
 */
export function suspendProduct(ctx: Context, input: ChangeListing): Promise<ChangeListingResult> {
  return changeListing(ctx, input, { move: 'suspend', result: 'suspended' })
}

/**
 * Puts a suspended product back, where all that listing asks of its data still holds.
 *
 * @throws SUSPENDED_BY_BUREAU where the data bureau, or a rule acting for it, has stopped it;
 * RESUME_NOT_YOURS where another body has
 */
export function resumeProduct(ctx: Context, input: ChangeListing): Promise<ChangeListingResult> {
  return changeListing(ctx, input, { move: 'resume', result: 'resumed' })
}

/** Takes a product off the market for good; another version may be listed later. */
export function delistProduct(ctx: Context, input: ChangeListing): Promise<ChangeListingResult> {
  return changeListing(ctx, input, { move: 'delist', result: 'delisted' })
}

/** Ends a version that is not on the market. */
export function cancelProductVersion(
  ctx: Context,
  input: ChangeListing,
): Promise<ChangeListingResult> {
  return changeListing(ctx, input, { move: 'cancel', result: 'cancelled' })
}

async function changeListing(
  ctx: Context,
  input: ChangeListing,
  step: Readonly<{ move: ProductVersionMove; result: ChangeListingResult['kind'] }>,
): Promise<ChangeListingResult> {
  requirePermission(ctx, productVersionMoves[step.move].action)
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    if (!isOfKind(ctx, 'data_bureau')) requireOwn(ctx, version.operatorId)
    if (version.status === productVersionMoves[step.move].to) return { kind: 'unchanged' }
    await take(tx, ctx, { version, move: step.move, reason: input.reason })
    return { kind: step.result }
  })
}

async function take(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ version: VersionRecord; move: ProductVersionMove; reason: string }>,
): Promise<void> {
  const { version, move, reason } = step
  if (move === 'suspend' && version.status === 'listed') {
    await suspendVersion(tx, ctx, { version, reason, level: 'general' })
    return
  }
  if (move === 'resume' && version.status === 'suspended')
    return resumeVersion(tx, ctx, { version, reason })
  await moveVersion(tx, ctx, step)
  if (move === 'delist')
    await liftStopOfGone(tx, ctx, { kind: 'product', id: version.productId }, reason)
}
