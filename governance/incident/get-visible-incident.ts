import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isOfKind, ownOrganization } from '#governance/own.ts'
import { getIncident, type IncidentRecord } from './incident.queries.ts'

const confined = ['buyer', 'operator', 'provider'] as const

/** The organization whose incidents alone the actor may see; undefined for those who see all. */
export function confinedTo(ctx: Pick<Context, 'actor'>): Id<'org'> | undefined {
  return confined.some((kind) => isOfKind(ctx, kind)) ? ownOrganization(ctx) : undefined
}

/** An incident the actor may see: all for the bureau and supervisors, what concerns them for others. */
export async function getVisibleIncident(
  ctx: Context,
  id: Id<'incident'>,
): Promise<IncidentRecord> {
  requirePermission(ctx, 'incident:read')
  const incident = await getIncident(ctx.db, id)
  const own = confinedTo(ctx)
  const isTheirs =
    own === undefined || incident.holderId === own || (await isConcerned(ctx.db, id, own))
  if (!isTheirs) throw new DomainError('NOT_FOUND')
  return incident
}

async function isConcerned(db: Database, id: Id<'incident'>, own: Id<'org'>): Promise<boolean> {
  const row = await db
    .selectFrom('governance.incident_concerned')
    .select('incident_id')
    .where('incident_id', '=', id)
    .where('organization_id', '=', own)
    .executeTakeFirst()
  return row !== undefined
}
