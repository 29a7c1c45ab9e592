import { resumeApiKey } from '#governance/access-key/suspend-api-key.ts'
import { lockKeyRow } from '#governance/access-key/access-key.queries.ts'
import { lockResource } from '#governance/catalogue/resource.queries.ts'
import { resumeResource } from '#governance/catalogue/stop-resource.ts'
import { resumeBuyer } from '#governance/organization/suspend-buyer.ts'
import { lockOrganization } from '#governance/organization/organization.queries.ts'
import { found } from '#governance/own.ts'
import { lockListedVersion } from '#governance/product/product.queries.ts'
import { resumeVersion } from '#governance/product/suspend-version.ts'
import { change } from '#governance/refusals.ts'
import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { assertNever, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import type { ResumeStopped, ResumeStoppedResult } from './contract.ts'
import { getVisibleIncident } from './get-visible-incident.ts'
import { type IncidentRecord, lockIncident } from './incident.queries.ts'
import { requireMayLift, stopActions } from './who-may-lift.ts'

/**
 * Lets a stopped object go on, by the body that stopped it or one above. The incident stays open until
 * somebody writes its conclusion.
 *
 * @throws SUSPENDED_BY_BUREAU, RESUME_NOT_YOURS; what listing asks where a product does not meet it now;
 * NOT_FOUND for an incident that does not concern the actor
 */
export async function resumeStopped(
  ctx: Context,
  input: ResumeStopped,
): Promise<ResumeStoppedResult> {
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  return change(ctx, async (tx) => {
    const seen = await getVisibleIncident({ ...ctx, db: tx }, input.incidentId)
    requirePermission(ctx, stopActions[seen.objectKind])
    // The object first, as whoever stops it does, or two people would wait for each other.
    await lockObject(tx, seen)
    const incident = await lockIncident(tx, input.incidentId)
    if (incident.liftedAt !== null) return { kind: 'already_resumed', stillSuspended: [] }
    requireMayLift(ctx, incident)
    return { kind: 'resumed', stillSuspended: await resume(tx, ctx, incident, input.reason) }
  })
}

async function lockObject(tx: Tx, { objectKind, objectId }: IncidentRecord): Promise<void> {
  if (objectKind === 'api_key') await lockKeyRow(tx, objectId as Id<'key'>)
  if (objectKind === 'buyer') await lockOrganization(tx, objectId as Id<'org'>)
  if (objectKind === 'product') await lockListedVersion(tx, objectId as Id<'product'>)
  if (objectKind === 'resource') await lockResource(tx, objectId as Id<'resource'>)
}

/** The names of products that stay suspended. */
async function resume(
  tx: Tx,
  ctx: Context,
  incident: IncidentRecord,
  reason: string,
): Promise<string[]> {
  switch (incident.objectKind) {
    case 'product': {
      const version = found(await lockListedVersion(tx, incident.objectId as Id<'product'>))
      await resumeVersion(tx, ctx, { version, reason })
      return []
    }
    case 'api_key':
      await resumeApiKey(tx, ctx, { incident, reason })
      return []
    case 'buyer':
      await resumeBuyer(tx, ctx, { incident, reason })
      return []
    case 'resource':
      return resumeResource(tx, ctx, { incident, reason })
    default:
      return assertNever(incident.objectKind)
  }
}
