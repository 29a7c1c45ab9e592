import { createRoute, z } from '@hono/zod-openapi'
import { carriesSecret, context, publicContext } from '#api/context.ts'
import { answer, anybody, body, idOf, instant, pathId, refusals, role } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { acceptInvitation, getOpenInvitation } from '#api/people/accept-invitation.ts'
import { invitationLink } from '#api/people/invitation.ts'
import { invitePerson } from '#api/people/invite-person.ts'
import { revokeInvitation } from '#api/people/revoke-invitation.ts'
import { domain, wire } from '#api/wire.ts'
import { findOrganization } from '#governance/index.ts'

const token = z.string().min(20).max(100)

const inviteRoute = createRoute({
  method: 'post',
  path: '/v1/invitations',
  tags: ['People'],
  summary: 'Invite somebody; the link is shown this once',
  request: {
    body: body(
      z.object({
        email: z.email().max(200),
        name: z.string().trim().min(1).max(100),
        organization_id: idOf('org'),
        roles: z.array(role).min(1),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ invitation_id: z.string(), link: z.string(), expires_at: instant }),
      'The link to hand over',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const lookRoute = createRoute({
  method: 'post',
  path: '/v1/invitations/look-up',
  ...anybody,
  tags: ['People'],
  summary: 'What an invitation is for',
  request: { body: body(z.object({ token })) },
  responses: {
    200: answer(
      z.object({
        kind: z.enum(['first_administrator', 'member']),
        email: z.string().nullable(),
        name: z.string().nullable(),
        organization_name: z.string().nullable(),
        roles: z.array(role),
        expires_at: instant,
      }),
      'The invitation',
    ),
    ...refusals(410, 422),
  },
})

const acceptRoute = createRoute({
  method: 'post',
  path: '/v1/invitations/accept',
  ...anybody,
  tags: ['People'],
  summary: 'Accept an invitation with a new password, or with the one I have',
  request: {
    body: body(
      z.object({
        token,
        password: z.string().max(200),
        first: z
          .object({
            name: z.string().trim().min(1).max(100),
            email: z.email().max(200),
            organization_name: z.string().trim().min(1).max(200),
            credit_code: z.string().max(30),
          })
          .optional()
          .openapi({
            description: 'Of the first administrator: who, and the body that runs the platform',
          }),
      }),
    ),
  },
  responses: {
    201: answer(z.object({ person_id: z.string(), organization_id: z.string() }), 'Now sign in'),
    ...refusals(403, 409, 410, 422, 423),
  },
})

const revokeRoute = createRoute({
  method: 'delete',
  path: '/v1/invitations/{id}',
  tags: ['People'],
  summary: 'Make an invitation worthless',
  request: { params: pathId('invite') },
  responses: {
    200: answer(z.object({ kind: z.enum(['revoked', 'already_revoked']) }), 'The outcome'),
    ...refusals(401, 403, 404, 409),
  },
})

export const invitationRoutes = newRouter()
  .openapi(inviteRoute, async (c) => {
    const invited = await invitePerson(await context(c), domain(c.req.valid('json')))
    carriesSecret(c)
    const link = invitationLink(c.var.deps.publicUrl, invited.token)
    const { invitationId, expiresAt } = invited
    return c.json(wire({ invitationId, link, expiresAt }), 201)
  })
  .openapi(lookRoute, async (c) => {
    const ctx = await publicContext(c)
    const found = await getOpenInvitation(ctx, ctx.db, c.req.valid('json').token)
    const { kind, email, name, roles, expiresAt, organizationId } = found
    const organization = organizationId && (await findOrganization(ctx.db, organizationId))
    const organizationName = organization?.name ?? null
    return c.json(wire({ kind, email, name, organizationName, roles, expiresAt }), 200)
  })
  .openapi(acceptRoute, async (c) => {
    const input = domain(c.req.valid('json'))
    const { personId, organizationId } = await acceptInvitation(await publicContext(c), input)
    return c.json(wire({ personId, organizationId }), 201)
  })
  .openapi(revokeRoute, async (c) => {
    const invitationId = c.req.valid('param').id
    return c.json(wire(await revokeInvitation(await context(c), { invitationId })), 200)
  })
