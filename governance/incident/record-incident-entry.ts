import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { RecordIncidentEntry } from './contract.ts'
import { getVisibleIncident } from './get-visible-incident.ts'
import { lockIncident } from './incident.queries.ts'
import { writeEntries } from './write-entries.ts'

/** Adds to the timeline what was found, done or reported, by anybody concerned who may act. */
export async function recordIncidentEntry(
  ctx: Context,
  input: RecordIncidentEntry,
): Promise<Readonly<{ kind: 'recorded' }>> {
  requirePermission(ctx, 'incident:record')
  if (input.words.trim() === '') refuseValue('words', 'required')
  return change(ctx, async (tx) => {
    await getVisibleIncident({ ...ctx, db: tx }, input.incidentId)
    const incident = await lockIncident(tx, input.incidentId)
    if (incident.closedAt !== null) throw new DomainError('INCIDENT_CLOSED')
    await writeEntries(tx, ctx, incident.id, [{ kind: input.kind, words: input.words.trim() }])
    await audit(tx, ctx, {
      action: 'incident:record',
      objectType: 'incident',
      objectId: incident.id,
      detail: { number: incident.number, kind: input.kind },
    })
    return { kind: 'recorded' }
  })
}
