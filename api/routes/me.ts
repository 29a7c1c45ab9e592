import { createRoute, z } from '@hono/zod-openapi'
import { setPassword } from '#api/auth/accounts.ts'
import { findMembershipsOf, type PersonMembership } from '#api/auth/people.queries.ts'
import { personContext, requirePassword } from '#api/context.ts'
import { answer, body, refusals, role } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import { inTransaction } from '#kernel/database.ts'
import { type Action, can, permissions } from '#kernel/permissions.ts'

const Me = z
  .object({
    person_id: z.string(),
    name: z.string(),
    organization_id: z.string(),
    organization_kind: z.string(),
    roles: z.array(role),
    actions: z.array(z.string()).openapi({ description: 'What these roles may do' }),
    organizations: z.array(
      z.object({ id: z.string(), kind: z.string(), name: z.string(), roles: z.array(role) }),
    ),
  })
  .openapi('Me')

const getMe = createRoute({
  method: 'get',
  path: '/v1/me',
  tags: ['Session'],
  summary: 'Who I am, for whom I act and what I may do',
  responses: { 200: answer(Me, 'The signed-in person'), ...refusals(401) },
})

const passwordRoute = createRoute({
  method: 'put',
  path: '/v1/me/password',
  tags: ['Session'],
  summary: 'Change my password; all my sessions end',
  request: {
    body: body(
      z.object({ current_password: z.string().max(200), new_password: z.string().max(200) }),
    ),
  },
  responses: { 204: { description: 'Changed; sign in again' }, ...refusals(401, 403, 422, 423) },
})

const actions = Object.keys(permissions) as Action[]

export const meRoutes = newRouter()
  .openapi(getMe, async (c) => {
    const { actor, db } = await personContext(c)
    const { personId, name, organizationId, organizationKind, roles } = actor
    const me = {
      personId,
      name,
      organizationId,
      organizationKind,
      roles,
      actions: actions.filter((action) => can(actor, action)),
      organizations: byOrganization(await findMembershipsOf(db, personId)),
    }
    return c.json(wire(me), 200)
  })
  .openapi(passwordRoute, async (c) => {
    const input = c.req.valid('json')
    const ctx = await personContext(c)
    await requirePassword(c, input.current_password)
    const change = { personId: ctx.actor.personId, password: input.new_password }
    await inTransaction(ctx.db, (tx) => setPassword(tx, ctx, change))
    return c.body(null, 204)
  })

function byOrganization(memberships: readonly PersonMembership[]) {
  return Map.groupBy(memberships, (membership) => membership.organizationId)
    .entries()
    .map(([id, each]) => ({
      id,
      kind: each[0]?.organizationKind ?? '',
      name: each[0]?.organizationName ?? '',
      roles: each.map((membership) => membership.role),
    }))
    .toArray()
}
