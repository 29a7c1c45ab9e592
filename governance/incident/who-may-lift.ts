import { actorOrganization, type Context, type OrganizationKind } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Action } from '#kernel/permissions.ts'
import type { StoppableKind } from './contract.ts'

/** The action that stops an object of a kind; who may stop it may resume it, unless another holds the stop. */
export const stopActions = {
  product: 'product:suspend',
  api_key: 'api_key:suspend',
  buyer: 'buyer:suspend',
  resource: 'resource:suspend',
} as const satisfies Readonly<Record<StoppableKind, Action>>

/** A stop is never lifted from below: a buyer, then the operator and the platform's security, then the bureau. */
const ranks: Partial<Record<OrganizationKind, number>> = {
  buyer: 0,
  operator: 1,
  platform: 1,
  data_bureau: 2,
}

type Holder = Readonly<{ holderId: string; holderKind: OrganizationKind }>

/** Whether the actor's organization stands above whoever holds the stop. Pure. */
export function isAbove(ctx: Pick<Context, 'actor'>, holder: Holder): boolean {
  const { actor } = ctx
  if (actor.kind !== 'person') return false
  return (ranks[actor.organizationKind] ?? -1) > (ranks[holder.holderKind] ?? 0)
}

/** Whether the actor's organization made the stop, or stands above whoever did. Pure. */
export function mayLift(ctx: Pick<Context, 'actor'>, holder: Holder): boolean {
  return actorOrganization(ctx.actor) === holder.holderId || isAbove(ctx, holder)
}

/** @throws SUSPENDED_BY_BUREAU, RESUME_NOT_YOURS */
export function requireMayLift(ctx: Pick<Context, 'actor'>, holder: Holder): void {
  if (mayLift(ctx, holder)) return
  throw new DomainError(
    holder.holderKind === 'data_bureau' ? 'SUSPENDED_BY_BUREAU' : 'RESUME_NOT_YOURS',
  )
}
