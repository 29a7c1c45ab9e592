import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { IncidentEntryKind } from './contract.ts'
import { insertIncidentEntries } from './incident.queries.ts'

export type EntryWords = Readonly<{ kind: IncidentEntryKind; words: string }>

/** Adds to the timeline of an incident, in the name of whoever acts. */
export async function writeEntries(
  tx: Tx,
  ctx: Context,
  incidentId: Id<'incident'>,
  entries: readonly EntryWords[],
): Promise<void> {
  await insertIncidentEntries(
    tx,
    entries.map(({ kind, words }) => ({
      incident_id: incidentId,
      kind,
      words,
      recorded_by: actorId(ctx.actor),
      organization_id: actorOrganization(ctx.actor) ?? null,
      recorded_at: ctx.clock.now(),
    })),
  )
}
