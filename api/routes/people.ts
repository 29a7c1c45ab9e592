import { createRoute, z } from '@hono/zod-openapi'
import { deleteAccount, deleteSessionsOfPerson } from '#api/auth/accounts.ts'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  idOf,
  instant,
  pageOf,
  pageQuery,
  pathId,
  refusals,
  role,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { listPeople } from '#api/people/list-people.ts'
import { unlockPerson } from '#api/people/unlock-person.ts'
import { wire } from '#api/wire.ts'
import { changePersonStatus, endRole, grantRole } from '#governance/index.ts'

const Person = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    status: z.enum(['active', 'suspended', 'removed']),
    locked_until: instant.nullable(),
    registered_at: instant,
    memberships: z.array(
      z.object({
        id: z.string(),
        organization_id: z.string(),
        organization_name: z.string(),
        role,
      }),
    ),
  })
  .openapi('Person')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/people',
  tags: ['People'],
  summary: 'People of my organization; everybody, for the administrators of the platform',
  request: { query: pageQuery },
  responses: { 200: answer(pageOf(Person), 'One page'), ...refusals(401, 403, 422) },
})

const changeRoute = createRoute({
  method: 'put',
  path: '/v1/people/{id}/status',
  tags: ['People'],
  summary: 'Suspend a person, let them in again, or remove them for good',
  request: {
    params: pathId('person'),
    body: body(
      z.object({
        to: z.enum(['active', 'suspended', 'removed']),
        reason: z.string().trim().min(1).max(500),
      }),
    ),
  },
  responses: {
    200: answer(z.object({ kind: z.enum(['changed', 'unchanged']) }), 'The outcome'),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const unlockRoute = createRoute({
  method: 'post',
  path: '/v1/people/{id}/unlock',
  tags: ['People'],
  summary: 'End a lock-out',
  request: { params: pathId('person') },
  responses: {
    200: answer(z.object({ kind: z.enum(['unlocked', 'not_locked']) }), 'The outcome'),
    ...refusals(401, 403, 404),
  },
})

const grantRoute = createRoute({
  method: 'post',
  path: '/v1/people/{id}/roles',
  tags: ['People'],
  summary: 'Give a person a role in an organization',
  request: {
    params: pathId('person'),
    body: body(z.object({ organization_id: idOf('org'), role })),
  },
  responses: {
    201: answer(
      z.object({ kind: z.enum(['granted', 'already_granted']), membership_id: z.string() }),
      'The role',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const endRoute = createRoute({
  method: 'delete',
  path: '/v1/memberships/{id}',
  tags: ['People'],
  summary: 'Take a role away',
  request: { params: pathId('membership') },
  responses: {
    200: answer(z.object({ kind: z.enum(['ended', 'already_ended']) }), 'The outcome'),
    ...refusals(401, 403, 404),
  },
})

export const peopleRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const page = await listPeople(await context(c), c.req.valid('query'))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(changeRoute, async (c) => {
    const { to, reason } = c.req.valid('json')
    const personId = c.req.valid('param').id
    const ctx = await context(c)
    const result = await changePersonStatus(ctx, { personId, to, reason })
    // Whoever is not active is refused with the next request already; this leaves nothing lying about.
    if (to === 'suspended') await deleteSessionsOfPerson(ctx.db, personId)
    if (to === 'removed') await deleteAccount(ctx.db, personId)
    return c.json(wire(result), 200)
  })
  .openapi(unlockRoute, async (c) => {
    const result = await unlockPerson(await context(c), { personId: c.req.valid('param').id })
    return c.json(wire(result), 200)
  })
  .openapi(grantRoute, async (c) => {
    const { organization_id: organizationId, role: wanted } = c.req.valid('json')
    const personId = c.req.valid('param').id
    const result = await grantRole(await context(c), { personId, organizationId, role: wanted })
    return c.json(wire(result), 201)
  })
  .openapi(endRoute, async (c) => {
    const result = await endRole(await context(c), { membershipId: c.req.valid('param').id })
    return c.json(wire(result), 200)
  })
