import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { dayOf } from '#kernel/period.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { ownOrganization } from '#governance/own.ts'
import type { IncidentLevel, StopAtOnceResult, StoppableKind } from './contract.ts'
import { insertIncident, lockStopOf, updateIncident } from './incident.queries.ts'
import { isAbove } from './who-may-lift.ts'
import { type EntryWords, writeEntries } from './write-entries.ts'

export type OpenIncident = Readonly<{
  object: Readonly<{ kind: StoppableKind; id: string; name: string }>
  reason: string
  level: IncidentLevel
  /** Organizations that are told of it and may read it. */
  concerned: readonly string[]
  statusBefore?: string
  /** When it began, where that is before the record of it: what fell with it fell since. */
  openedAt?: Date
  /** What the stop has brought with it, such as products suspended with their resource. */
  consequences?: readonly EntryWords[]
}>

/**
 * The record of a stop, in the transaction that stops (R87). Where the object is stopped already the
 * record there is goes on; a body above whoever holds it takes it over, so that only it, or one above,
 * lifts it. The object is locked by the caller.
 */
export async function openIncident(
  tx: Tx,
  ctx: Context,
  input: OpenIncident,
): Promise<StopAtOnceResult> {
  const { object } = input
  const known = await lockStopOf(tx, object)
  if (known !== undefined) {
    const { id: incidentId, number } = known
    if (!isAbove(ctx, known)) return { kind: 'already_stopped', incidentId, number }
    await updateIncident(tx, incidentId, { holder_id: ownOrganization(ctx) })
    await writeEntries(tx, ctx, incidentId, [{ kind: 'taken_over', words: input.reason }])
    await auditStop(tx, ctx, input, number)
    return { kind: 'taken_over', incidentId, number }
  }
  const openedAt = input.openedAt ?? ctx.clock.now()
  const incidentId = newId('incident', ctx.clock)
  const year = Number(dayOf(openedAt).slice(0, 4))
  const number = await nextDocumentNumber(tx, { prefix: 'SJ', year })
  await insertIncident(
    tx,
    {
      id: incidentId,
      number,
      object_kind: object.kind,
      object_id: object.id,
      object_name: object.name,
      status_before: input.statusBefore ?? null,
      level: input.level,
      reason: input.reason,
      opened_by: actorId(ctx.actor),
      opened_at: openedAt,
      holder_id: ownOrganization(ctx),
    },
    [...new Set(input.concerned)],
  )
  await writeEntries(tx, ctx, incidentId, [
    { kind: 'stopped', words: input.reason },
    ...(input.consequences ?? []),
  ])
  await auditStop(tx, ctx, input, number)
  await announce(tx, ctx.clock, {
    kind: 'incident.opened',
    jobId: `incident-opened-${incidentId}`,
    payload: {
      incidentId,
      number,
      objectKind: object.kind,
      name: object.name,
      reason: input.reason,
    },
  })
  return { kind: 'stopped', incidentId, number }
}

async function auditStop(tx: Tx, ctx: Context, input: OpenIncident, number: string): Promise<void> {
  await audit(tx, ctx, {
    action: 'incident:open',
    objectType: input.object.kind,
    objectId: input.object.id,
    detail: { number, level: input.level, reason: input.reason },
  })
}
