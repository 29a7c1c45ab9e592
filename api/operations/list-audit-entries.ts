import { decodeIdCursor, type DomainPage } from '#api/page.ts'
import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'

export type AuditEntryListed = Readonly<{
  id: bigint
  recordedAt: Date
  actorKind: 'person' | 'api_key' | 'system' | 'anonymous'
  actorId: string
  actorName: string | null
  organizationId: string | null
  action: string
  outcome: 'done' | 'refused'
  objectType: string
  objectId: string
  detail: unknown
  requestId: string
  sealId: bigint | null
}>

export type AuditFilter = Readonly<{
  objectId?: string | undefined
  actorId?: string | undefined
  action?: string | undefined
  outcome?: 'done' | 'refused' | undefined
  limit: number
  cursor?: string | undefined
}>

/** The audit log, the newest entry first, with the seal that holds each (R92). Errors: FORBIDDEN. */
export async function listAuditEntries(
  ctx: Context,
  filter: AuditFilter,
): Promise<DomainPage<AuditEntryListed>> {
  requirePermission(ctx, 'audit:read')
  let query = ctx.db
    .selectFrom('kernel.audit_entry as e')
    .leftJoin('governance.person as p', 'p.id', 'e.actor_id')
    .leftJoin('kernel.audit_seal_entry as s', 's.entry_id', 'e.id')
    .select(['e.id', 'e.recorded_at', 'e.actor_kind', 'e.actor_id', 'p.name', 'e.organization_id'])
    .select(['e.action', 'e.outcome', 'e.object_type', 'e.object_id', 'e.detail', 'e.request_id'])
    .select('s.seal_id')
    .orderBy('e.id', 'desc')
    .limit(filter.limit + 1)
  if (filter.cursor !== undefined) query = query.where('e.id', '<', decodeIdCursor(filter.cursor))
  if (filter.objectId !== undefined) query = query.where('e.object_id', '=', filter.objectId)
  if (filter.actorId !== undefined) query = query.where('e.actor_id', '=', filter.actorId)
  if (filter.action !== undefined) query = query.where('e.action', '=', filter.action)
  if (filter.outcome !== undefined) query = query.where('e.outcome', '=', filter.outcome)
  const rows = await query.execute()
  const items = rows.slice(0, filter.limit).map((row) => ({
    id: row.id,
    recordedAt: row.recorded_at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.name,
    organizationId: row.organization_id,
    action: row.action,
    outcome: row.outcome,
    objectType: row.object_type,
    objectId: row.object_id,
    detail: row.detail,
    requestId: row.request_id,
    sealId: row.seal_id,
  }))
  const last = items.at(-1)
  return { items, nextCursor: rows.length > filter.limit && last ? String(last.id) : null }
}
