import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'

export type Notice = Readonly<{
  noticeId: string
  kind: string
  payload: Readonly<Record<string, string>>
  /** When it happened. */
  occurredAt: Date
  /** When the organization was told. */
  recordedAt: Date
  readAt: Date | null
}>

/** What happened last that concerns the actor's organization, at most `limit` notices. */
export async function listNotices(
  ctx: Context,
  input: Readonly<{ limit: number }>,
): Promise<Notice[]> {
  const rows = await ctx.db
    .selectFrom('governance.notice')
    .select(['id', 'kind', 'payload', 'occurred_at', 'recorded_at', 'read_at'])
    .where('organization_id', '=', ownOrganization(ctx))
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit)
    .execute()
  return rows.map((row) => ({
    noticeId: row.id,
    kind: row.kind,
    payload: row.payload as Record<string, string>,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    readAt: row.read_at,
  }))
}

/** Marks all notices of the actor's organization as read; returns how many were unread. */
export async function markNoticesRead(ctx: Context): Promise<number> {
  const result = await ctx.db
    .updateTable('governance.notice')
    .set({ read_at: ctx.clock.now(), read_by: actorId(ctx.actor) })
    .where('organization_id', '=', ownOrganization(ctx))
    .where('read_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

function ownOrganization(ctx: Context): string {
  const organizationId = actorOrganization(ctx.actor)
  if (!organizationId) throw new DomainError('FORBIDDEN', { reason: 'organizations_only' })
  return organizationId
}
