import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { getProductName, listConcernedByProducts } from '#governance/incident/concerned.queries.ts'
import type { IncidentLevel, StopAtOnceResult } from '#governance/incident/contract.ts'
import { lockStopOf } from '#governance/incident/incident.queries.ts'
import { liftStop } from '#governance/incident/lift-stop.ts'
import { openIncident } from '#governance/incident/open-incident.ts'
import { requireMayLift } from '#governance/incident/who-may-lift.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { isOfKind } from '#governance/own.ts'
import { moveVersion } from './move-version.ts'
import { findSuspender, type VersionRecord } from './product.queries.ts'
import { requireApprovedScenarios, requireSupportedLineage } from './require-supported.ts'

/** Stops a version that is on the market, with its incident. The version is locked by the caller. */
export async function suspendVersion(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ version: VersionRecord; reason: string; level: IncidentLevel }>,
): Promise<StopAtOnceResult> {
  const { version, reason, level } = step
  // One that a rule has suspended is held by the stop all the same: the rule's ground may come back.
  if (version.status !== 'suspended')
    await moveVersion(tx, ctx, { version, move: 'suspend', reason })
  const { productId } = version
  const name = await getProductName(tx, productId)
  return openIncident(tx, ctx, {
    object: { kind: 'product', id: productId, name },
    reason,
    level,
    concerned: await listConcernedByProducts(tx, [productId]),
  })
}

/**
 * Puts a suspended version back, where all that listing asks of its data still holds, and lifts the stop.
 *
 * @throws SUSPENDED_BY_BUREAU, RESUME_NOT_YOURS where another holds the stop
 */
export async function resumeVersion(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ version: VersionRecord; reason: string }>,
): Promise<void> {
  const { version, reason } = step
  const stop = await lockStopOf(tx, { kind: 'product', id: version.productId })
  if (stop) requireMayLift(ctx, stop)
  else await requireSuspenderBelow(tx, ctx, version)
  await requireSound(tx, ctx, version)
  await moveVersion(tx, ctx, { version, move: 'resume', reason })
  if (stop) await liftStop(tx, ctx, stop, [{ kind: 'resumed', words: reason }])
}

/** What a rule acting for the bureau has suspended, the operator cannot resume. */
async function requireSuspenderBelow(tx: Tx, ctx: Context, version: VersionRecord): Promise<void> {
  const suspender = await findSuspender(tx, version.id)
  if (suspender?.organizationKind !== 'operator' && !isOfKind(ctx, 'data_bureau'))
    throw new DomainError('SUSPENDED_BY_BUREAU')
}

/** All that the market asks of a version's operator, scenarios and data, at this moment. */
export async function requireSound(tx: Tx, ctx: Context, version: VersionRecord): Promise<void> {
  const now = ctx.clock.now()
  await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
  await requireApprovedScenarios(tx, version)
  await requireSupportedLineage(tx, version, now)
}
