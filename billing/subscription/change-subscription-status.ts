import { audit } from '#kernel/audit.ts'
import { actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { announce } from '#kernel/outbox.ts'
import { type Action, requirePermission } from '#kernel/permissions.ts'
import type { Subscription, SubscriptionStatus } from './subscription.ts'
import { lockSubscription, saveSubscriptionStatus } from './subscription.queries.ts'

/** Which status may follow which; `ended` is final. */
export const subscriptionMoves: Readonly<
  Record<SubscriptionStatus, readonly SubscriptionStatus[]>
> = {
  active: ['suspended', 'ended'],
  suspended: ['active', 'ended'],
  ended: [],
}

/** Moves a subscription; false where it stands there already. INVALID_TRANSITION after its end. */
export async function changeSubscriptionStatus(
  ctx: Context,
  input: Readonly<{
    subscriptionId: string
    reason: string
    action: Action
    to: SubscriptionStatus
  }>,
): Promise<boolean> {
  requirePermission(ctx, input.action)
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    const subscription = await lockSubscription(tx, input.subscriptionId)
    if (subscription === undefined || !mayTouch(ctx, subscription))
      throw new DomainError('NOT_FOUND')
    if (subscription.status === input.to) return false
    if (!subscriptionMoves[subscription.status].includes(input.to))
      throw new DomainError('INVALID_TRANSITION', { status: subscription.status })
    await saveSubscriptionStatus(tx, {
      subscriptionId: subscription.subscriptionId,
      status: input.to,
      at: now,
    })
    await audit(tx, ctx, {
      action: input.action,
      objectType: 'subscription',
      objectId: subscription.subscriptionId,
      detail: { from: subscription.status, to: input.to, reason: input.reason },
    })
    await announce(tx, ctx.clock, {
      kind: 'subscription.changed',
      jobId: `subscription-${input.to}-${subscription.subscriptionId}-${now.getTime()}`,
      payload: {
        subscriptionId: subscription.subscriptionId,
        number: subscription.number,
        status: input.to,
        buyerId: subscription.buyerId,
        operatorId: subscription.operatorId,
      },
    })
    return true
  })
}

/** Buyer and operator touch their own; the data bureau any. */
export function mayTouch(ctx: Context, subscription: Subscription): boolean {
  const actor = ctx.actor
  if (actor.kind === 'person' && actor.organizationKind === 'operator')
    return actorOrganization(actor) === subscription.operatorId
  if ((actor.kind === 'person' && actor.organizationKind === 'buyer') || actor.kind === 'api_key')
    return actorOrganization(actor) === subscription.buyerId
  return true
}
