import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { announce } from '#kernel/outbox.ts'
import type { StoppableKind } from './contract.ts'
import { type IncidentRecord, lockStopOf, updateIncident } from './incident.queries.ts'
import { type EntryWords, writeEntries } from './write-entries.ts'

/** Ends a stop: the object goes on (`resumed`), or is gone for good (`lifted`). The record stays open. */
export async function liftStop(
  tx: Tx,
  ctx: Context,
  incident: IncidentRecord,
  entries: readonly EntryWords[],
): Promise<void> {
  const now = ctx.clock.now()
  await updateIncident(tx, incident.id, { lifted_by: actorId(ctx.actor), lifted_at: now })
  await writeEntries(tx, ctx, incident.id, entries)
  await audit(tx, ctx, {
    action: 'incident:lift',
    objectType: incident.objectKind,
    objectId: incident.objectId,
    detail: { number: incident.number, words: entries[0]?.words ?? '' },
  })
  await announce(tx, ctx.clock, {
    kind: 'incident.lifted',
    jobId: `incident-lifted-${incident.id}`,
    payload: {
      incidentId: incident.id,
      number: incident.number,
      objectKind: incident.objectKind,
      name: incident.objectName,
      reason: entries[0]?.words ?? '',
    },
  })
}

/** Where an object that is stopped is gone for good: a key revoked, a product delisted. */
export async function liftStopOfGone(
  tx: Tx,
  ctx: Context,
  object: Readonly<{ kind: StoppableKind; id: string }>,
  words: string,
): Promise<void> {
  const incident = await lockStopOf(tx, object)
  if (incident) await liftStop(tx, ctx, incident, [{ kind: 'lifted', words }])
}
