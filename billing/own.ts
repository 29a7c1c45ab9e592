import { actorOrganization, type Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'

/** The buyer the actor acts for; undefined where it acts for no buyer. */
export function ownBuyer(ctx: Pick<Context, 'actor'>): Id<'org'> | undefined {
  const { actor } = ctx
  if (actor.kind === 'api_key') return actor.organizationId
  return actor.kind === 'person' && actor.organizationKind === 'buyer'
    ? actor.organizationId
    : undefined
}

/** The operator the actor acts for; undefined where it acts for none. */
export function ownOperator(ctx: Pick<Context, 'actor'>): Id<'org'> | undefined {
  const { actor } = ctx
  return actor.kind === 'person' && actor.organizationKind === 'operator'
    ? actor.organizationId
    : undefined
}

/** A person acts for its own organization only, and another's object is not there for it; a job acts for all. */
export function requireOwn(ctx: Pick<Context, 'actor'>, organizationId: string): void {
  if (ctx.actor.kind === 'system') return
  if (actorOrganization(ctx.actor) !== organizationId) throw new DomainError('NOT_FOUND')
}
