import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { type Context, actorOrganization } from '#kernel/context.ts'
import { refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission, type Role } from '#kernel/permissions.ts'
import type { DomainPage } from '#api/page.ts'

export type PersonListed = Readonly<{
  id: Id<'person'>
  name: string
  email: string
  status: 'active' | 'suspended' | 'removed'
  lockedUntil: Date | null
  registeredAt: Date
  memberships: readonly Readonly<{
    id: string
    organizationId: string
    organizationName: string
    role: Role
  }>[]
}>

/**
 * People in the order of their registration. The platform's administrators see everybody, an organization's
 * own sees who belongs to it, with their roles there. Errors: FORBIDDEN.
 */
export async function listPeople(
  ctx: Context,
  input: Readonly<{ limit: number; cursor?: string | undefined }>,
): Promise<DomainPage<PersonListed>> {
  requirePermission(ctx, 'person:read')
  const isPlatform = ctx.actor.kind === 'person' && ctx.actor.organizationKind === 'platform'
  const own = isPlatform
    ? undefined
    : (actorOrganization(ctx.actor) ?? refuseValue('organization', 'none'))
  let query = ctx.db
    .selectFrom('governance.person as p')
    .select(['p.id', 'p.name', 'p.email', 'p.status', 'p.locked_until', 'p.registered_at'])
    .select((row) =>
      jsonArrayFrom(
        row
          .selectFrom('governance.membership as m')
          .innerJoin('governance.organization as o', 'o.id', 'm.organization_id')
          .select(['m.id', 'm.organization_id', 'o.name', 'm.role'])
          .whereRef('m.person_id', '=', 'p.id')
          .where('m.ended_at', 'is', null)
          .$if(own !== undefined, (each) => each.where('m.organization_id', '=', own ?? ''))
          .orderBy('m.id'),
      ).as('memberships'),
    )
    .orderBy('p.id')
    .limit(input.limit + 1)
  if (input.cursor !== undefined) query = query.where('p.id', '>', input.cursor)
  if (own !== undefined)
    query = query.where((where) =>
      where.exists(
        where
          .selectFrom('governance.membership as x')
          .select('x.id')
          .whereRef('x.person_id', '=', 'p.id')
          .where('x.organization_id', '=', own),
      ),
    )
  const rows = await query.execute()
  const items = rows.slice(0, input.limit).map((row) => ({
    id: row.id as Id<'person'>,
    name: row.name,
    email: row.email,
    status: row.status,
    lockedUntil: row.locked_until,
    registeredAt: row.registered_at,
    memberships: row.memberships.map((each) => ({
      id: each.id,
      organizationId: each.organization_id,
      organizationName: each.name,
      role: each.role as Role,
    })),
  }))
  const last = items.at(-1)
  return { items, nextCursor: rows.length > input.limit && last ? last.id : null }
}
