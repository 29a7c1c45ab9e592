import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { can, requirePermission } from '#kernel/permissions.ts'
import { pageLimit, pageOf, readCursor } from '#governance/page.ts'
import type { IncidentPage, IncidentSummary, IncidentView, ListIncidents } from './contract.ts'
import { confinedTo, getVisibleIncident } from './get-visible-incident.ts'
import { mayLift } from './who-may-lift.ts'

const hourMs = 3_600_000

/** Incidents the actor may see, the newest first. */
export async function listIncidents(ctx: Context, input: ListIncidents): Promise<IncidentPage> {
  requirePermission(ctx, 'incident:read')
  const limit = pageLimit(input)
  const before = readCursor(input, 1)?.[0]
  const own = confinedTo(ctx)
  let query = selectIncidents(ctx.db)
  if (input.open === true) query = query.where('i.closed_at', 'is', null)
  if (input.open === false) query = query.where('i.closed_at', 'is not', null)
  if (before !== undefined) query = query.where('i.id', '<', before)
  if (own !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('i.holder_id', '=', own),
        eb.exists(
          eb
            .selectFrom('governance.incident_concerned as n')
            .select('n.incident_id')
            .whereRef('n.incident_id', '=', 'i.id')
            .where('n.organization_id', '=', own),
        ),
      ]),
    )
  const rows = await query
    .orderBy('i.id', 'desc')
    .limit(limit + 1)
    .execute()
  return pageOf(
    rows.map((row) => summaryFromRow(ctx, row)),
    limit,
    (incident) => [incident.id],
  )
}

/** One incident with its timeline and who was told. @throws NOT_FOUND */
export async function readIncident(
  ctx: Context,
  input: Readonly<{ incidentId: Id<'incident'> }>,
): Promise<IncidentView> {
  const { id } = await getVisibleIncident(ctx, input.incidentId)
  const row = await selectIncidents(ctx.db).where('i.id', '=', id).executeTakeFirstOrThrow()
  const [entries, notices] = await Promise.all([listEntries(ctx.db, id), listTold(ctx.db, id)])
  return { ...summaryFromRow(ctx, row), entries, notices }
}

function selectIncidents(db: Database) {
  return db
    .selectFrom('governance.incident as i')
    .innerJoin('governance.organization as h', 'h.id', 'i.holder_id')
    .select(['i.id', 'i.number', 'i.object_kind', 'i.object_id', 'i.object_name', 'i.level'])
    .select(['i.reason', 'i.opened_at', 'i.holder_id', 'h.kind as holder_kind'])
    .select(['h.name as holder_name', 'i.lifted_at', 'i.closed_at', 'i.conclusion'])
}
type Row = Awaited<ReturnType<ReturnType<typeof selectIncidents>['executeTakeFirstOrThrow']>>

function summaryFromRow(ctx: Context, row: Row): IncidentSummary {
  const until = row.closed_at ?? ctx.clock.now()
  const holder = { holderId: row.holder_id, holderKind: row.holder_kind }
  return {
    id: row.id as Id<'incident'>,
    number: row.number,
    objectKind: row.object_kind,
    objectId: row.object_id,
    objectName: row.object_name,
    level: row.level,
    reason: row.reason,
    openedAt: row.opened_at,
    holderName: row.holder_name,
    liftedAt: row.lifted_at,
    closedAt: row.closed_at,
    conclusion: row.conclusion,
    hoursSinceStart: Math.floor((until.getTime() - row.opened_at.getTime()) / hourMs),
    mayAct: can(ctx.actor, 'incident:record') && mayLift(ctx, holder),
  }
}

async function listEntries(db: Database, id: Id<'incident'>): Promise<IncidentView['entries']> {
  const rows = await db
    .selectFrom('governance.incident_entry as e')
    .leftJoin('governance.person as p', 'p.id', 'e.recorded_by')
    .leftJoin('governance.organization as o', 'o.id', 'e.organization_id')
    .select(['e.kind', 'e.words', 'p.name as by_name', 'o.name as organization_name'])
    .select('e.recorded_at')
    .where('e.incident_id', '=', id)
    .orderBy('e.id')
    .execute()
  return rows.map((row) => ({
    kind: row.kind,
    words: row.words,
    byName: row.by_name,
    organizationName: row.organization_name,
    recordedAt: row.recorded_at,
  }))
}

async function listTold(db: Database, id: Id<'incident'>): Promise<IncidentView['notices']> {
  const rows = await db
    .selectFrom('governance.notice as n')
    .innerJoin('governance.organization as o', 'o.id', 'n.organization_id')
    .select(['n.kind', 'o.name', 'n.recorded_at'])
    .where('n.source', 'in', [
      `incident-opened-${id}`,
      `incident-lifted-${id}`,
      `incident-closed-${id}`,
    ])
    .orderBy(sql`n.recorded_at`)
    .orderBy('o.name')
    .execute()
  return rows.map((row) => ({
    kind: row.kind,
    organizationName: row.name,
    recordedAt: row.recorded_at,
  }))
}
