import type { OpenAPIHono } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { actorOf } from '#api/context.ts'
import type { AppEnv } from '#api/deps.ts'
import type { Actor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'

/**
 * A route is closed to nobody-in-particular unless its contract says `...anybody`, so a handler that forgets to
 * ask cannot open it, and nobody learns from a 422 what an address would take. Keys only read: whatever changes
 * something is done by a person. Errors: UNAUTHENTICATED, KEY_WRONG_SCOPE.
 */
export function closedByDefault(open: () => ReadonlySet<string>) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const path = matchedRoutes(c).findLast((route) => !route.path.endsWith('*'))?.path
    const isOpen = path === undefined || open().has(`${c.req.method} ${path}`)
    if (!isOpen) refuseStranger(await actorOf(c), c.req.method)
    await next()
  })
}

function refuseStranger(actor: Actor, method: string): void {
  if (actor.kind === 'anonymous') throw new DomainError('UNAUTHENTICATED')
  const isReading = method === 'GET' || method === 'HEAD'
  if (actor.kind === 'api_key' && !isReading) throw new DomainError('KEY_WRONG_SCOPE')
}

/** The routes whose contract has an empty `security`. */
export function openRoutesOf(app: OpenAPIHono<AppEnv>): ReadonlySet<string> {
  const open = new Set<string>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.security?.length !== 0) continue
    const { method, path } = definition.route
    open.add(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
  }
  return open
}
