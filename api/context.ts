import type { Context as HonoContext } from 'hono'
import type { Actor, Context, PersonActor } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { DomainError } from '#kernel/errors.ts'
import type { AppEnv } from './deps.ts'

/** What a route hands to a verb. The keys are for those few verbs that sign or hide something. */
export type RouteContext = Context & Readonly<{ keys: KeyRing }>

/** The context of a route that anybody may ask, signed in or not. */
export async function publicContext(c: HonoContext<AppEnv>): Promise<RouteContext> {
  const { db, clock, keys } = c.var.deps
  return { db, clock, keys, requestId: c.var.requestId, actor: await actorOf(c) }
}

/** The context of a route for people and keys. Errors: UNAUTHENTICATED. */
export async function context(c: HonoContext<AppEnv>): Promise<RouteContext> {
  const ctx = await publicContext(c)
  if (ctx.actor.kind === 'anonymous') throw new DomainError('UNAUTHENTICATED')
  return ctx
}

/** The context of a route that only a signed-in person may ask. Errors: UNAUTHENTICATED, FORBIDDEN. */
export async function personContext(
  c: HonoContext<AppEnv>,
): Promise<RouteContext & Readonly<{ actor: PersonActor }>> {
  const ctx = await context(c)
  const { actor } = ctx
  if (actor.kind !== 'person') throw new DomainError('FORBIDDEN', { reason: 'people_only' })
  return { ...ctx, actor }
}

/** Asked once for each request, and not at all where nobody wants to know. */
export async function actorOf(c: HonoContext<AppEnv>): Promise<Actor> {
  const actor = c.var.actor ?? (await c.var.deps.identify(c.req.raw))
  c.set('actor', actor)
  return actor
}

/** The answer of this request shows a secret once: a repeated request must not get it again. */
export function carriesSecret(c: HonoContext<AppEnv>): void {
  c.set('carriesSecret', true)
}

/**
 * Asks for the password again before a signature; the verb gets the moment. Errors: UNAUTHENTICATED, FORBIDDEN,
 * PASSWORD_RECHECK_FAILED, LOCKED_OUT.
 */
export async function requirePassword(
  c: HonoContext<AppEnv>,
  password: string,
): Promise<Readonly<{ reauthenticatedAt: Date }>> {
  return c.var.deps.checkPassword(await personContext(c), password)
}
