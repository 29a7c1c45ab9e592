import { createRoute, z } from '@hono/zod-openapi'
import { setCookie } from 'hono/cookie'
import { organizationCookie } from '#api/auth/identify.ts'
import { findMembershipsOf } from '#api/auth/people.queries.ts'
import { signIn } from '#api/auth/sign-in.ts'
import { clientAddress } from '#api/client-address.ts'
import { personContext } from '#api/context.ts'
import { anybody, body, idOf, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { DomainError } from '#kernel/errors.ts'

const signInRoute = createRoute({
  method: 'post',
  path: '/v1/session',
  ...anybody,
  tags: ['Session'],
  summary: 'Sign in; the session is a cookie',
  request: { body: body(z.object({ email: z.email().max(200), password: z.string().max(200) })) },
  responses: { 204: { description: 'Signed in' }, ...refusals(401, 422, 423, 429) },
})

const signOutRoute = createRoute({
  method: 'delete',
  path: '/v1/session',
  ...anybody,
  tags: ['Session'],
  summary: 'Sign out',
  responses: { 204: { description: 'The session is ended' } },
})

const chooseRoute = createRoute({
  method: 'put',
  path: '/v1/session/organization',
  tags: ['Session'],
  summary: 'Choose which of my organizations I act for',
  request: { body: body(z.object({ organization_id: idOf('org') })) },
  responses: { 204: { description: 'Chosen' }, ...refusals(401, 404) },
})

export const sessionRoutes = newRouter()
  .openapi(signInRoute, async (c) => {
    const { db, clock, sessions } = c.var.deps
    const { requestId } = c.var
    const { cookies } = await signIn(
      { db, clock, requestId, sessions, actor: { kind: 'anonymous' } },
      {
        ...c.req.valid('json'),
        address: clientAddress(c),
        userAgent: c.req.header('user-agent')?.slice(0, 300),
      },
    )
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
    return c.body(null, 204)
  })
  .openapi(signOutRoute, async (c) => {
    const cookies = await c.var.deps.sessions.end(c.req.raw.headers)
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
    return c.body(null, 204)
  })
  .openapi(chooseRoute, async (c) => {
    const { organization_id: organizationId } = c.req.valid('json')
    const { actor, db } = await personContext(c)
    const memberships = await findMembershipsOf(db, actor.personId)
    if (!memberships.some((membership) => membership.organizationId === organizationId))
      throw new DomainError('NOT_FOUND')
    setCookie(c, organizationCookie, organizationId, {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      secure: c.var.deps.publicUrl.startsWith('https:'),
    })
    return c.body(null, 204)
  })
