import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { moveVersion } from './move-version.ts'
import { listLineageStandings, lockListedVersions } from './product.queries.ts'

/**
 * Suspends every listed product one of whose resources may no longer be used: prohibited, stopped, out of the
 * catalogue, or without an authorization in force (R7, R17). Called in the transaction that took the
 * right away, so there is no moment in between.
 */
export async function suspendUnsupported(
  tx: Tx,
  ctx: Context,
  reason: string,
): Promise<Id<'product'>[]> {
  const versions = await lockListedVersions(tx)
  const standings = await listLineageStandings(tx, {
    versionIds: versions.map((version) => version.id),
    at: ctx.clock.now(),
  })
  const unsupported = new Set(
    standings
      .filter(
        (each) => each.isProhibited || each.isStopped || !each.isPublished || !each.isAuthorized,
      )
      .map((each) => each.versionId),
  )
  const suspended = versions.filter((version) => unsupported.has(version.id))
  for (const version of suspended) await moveVersion(tx, ctx, { version, move: 'suspend', reason })
  return suspended.map((version) => version.productId)
}
