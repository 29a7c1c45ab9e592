import { audit } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { announce } from '#kernel/outbox.ts'
import {
  nextProductVersionStatus,
  type ProductVersionMove,
  productVersionMoves,
} from './lifecycle.ts'
import { updateVersionStatus, type VersionRecord } from './product.queries.ts'

/**
 * The only way a version changes its status: by the table of moves, with a row of history and of
 * audit. The version is locked by the caller. Throws INVALID_TRANSITION.
 */
export async function moveVersion(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ version: VersionRecord; move: ProductVersionMove; reason: string }>,
): Promise<void> {
  const { version, move, reason } = step
  const status = nextProductVersionStatus(version.status, move)
  const now = ctx.clock.now()
  await updateVersionStatus(tx, { id: version.id, status, at: now })
  const made = await tx
    .insertInto('governance.product_version_move')
    .values({
      product_version_id: version.id,
      move,
      from_status: version.status,
      to_status: status,
      reason,
      moved_by: actorId(ctx.actor),
      organization_id: actorOrganization(ctx.actor) ?? null,
      moved_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await audit(tx, ctx, {
    action: productVersionMoves[move].action,
    objectType: 'product_version',
    objectId: version.id,
    detail: { move, from: version.status, to: status, reason },
  })
  if (move === 'suspend')
    await announce(tx, ctx.clock, {
      kind: 'product.suspended',
      jobId: `product-suspended-${made.id}`,
      payload: { productVersionId: version.id, operatorId: version.operatorId, reason },
    })
}
