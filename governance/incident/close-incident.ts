import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { CloseIncident, CloseIncidentResult } from './contract.ts'
import { getVisibleIncident } from './get-visible-incident.ts'
import { lockIncident, updateIncident } from './incident.queries.ts'
import { requireMayLift } from './who-may-lift.ts'
import { writeEntries } from './write-entries.ts'

/**
 * Closes an incident with its conclusion, once the stop is lifted, by whoever may lift it.
 *
 * @throws INCIDENT_STILL_STOPPED, SUSPENDED_BY_BUREAU, RESUME_NOT_YOURS
 */
export async function closeIncident(
  ctx: Context,
  input: CloseIncident,
): Promise<CloseIncidentResult> {
  requirePermission(ctx, 'incident:record')
  const conclusion = input.conclusion.trim()
  if (conclusion === '') refuseValue('conclusion', 'required')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    await getVisibleIncident({ ...ctx, db: tx }, input.incidentId)
    const incident = await lockIncident(tx, input.incidentId)
    requireMayLift(ctx, incident)
    if (incident.closedAt !== null) return { kind: 'already_closed', closedAt: incident.closedAt }
    if (incident.liftedAt === null) throw new DomainError('INCIDENT_STILL_STOPPED')
    const { id, number } = incident
    await updateIncident(tx, id, { closed_by: actorId(ctx.actor), closed_at: now, conclusion })
    await writeEntries(tx, ctx, id, [{ kind: 'closed', words: conclusion }])
    await audit(tx, ctx, {
      action: 'incident:close',
      objectType: 'incident',
      objectId: id,
      detail: { number, conclusion },
    })
    await announce(tx, ctx.clock, {
      kind: 'incident.closed',
      jobId: `incident-closed-${id}`,
      payload: {
        incidentId: id,
        number,
        objectKind: incident.objectKind,
        name: incident.objectName,
        reason: conclusion,
      },
    })
    return { kind: 'closed', closedAt: now }
  })
}
