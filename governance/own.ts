import { actorOrganization, type Context, type OrganizationKind } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'

/** The organization somebody acts for; a job acts for none and is refused. */
export function ownOrganization(ctx: Pick<Context, 'actor'>): Id<'org'> {
  const organizationId = actorOrganization(ctx.actor)
  if (organizationId === undefined)
    throw new DomainError('FORBIDDEN', { reason: 'no_organization' })
  return organizationId
}

/** Another organization's object is not there for the asker (R4). */
export function requireOwn(ctx: Pick<Context, 'actor'>, organizationId: string): void {
  if (ownOrganization(ctx) !== organizationId) throw new DomainError('NOT_FOUND')
}

/** Whether the actor is of a kind of organization. */
export function isOfKind(ctx: Pick<Context, 'actor'>, kind: OrganizationKind): boolean {
  return ctx.actor.kind === 'person' && ctx.actor.organizationKind === kind
}

/** What an operator, a provider or a buyer sees in lists is its own; the others see all. */
export function onlyOwn(
  ctx: Pick<Context, 'actor'>,
  kind: 'operator' | 'provider' | 'buyer',
): Id<'org'> | undefined {
  return isOfKind(ctx, kind) ? ownOrganization(ctx) : undefined
}

/** Reads a row that must be there. */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw new DomainError('NOT_FOUND')
  return row
}
