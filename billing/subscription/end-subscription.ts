import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { changeSubscriptionStatus } from './change-subscription-status.ts'

export type EndSubscription = Readonly<{ subscriptionId: Id<'sub'>; reason: string }>
export type EndSubscriptionResult = Readonly<{ kind: 'ended' | 'already_ended' }>

/** Ends a subscription for good; what was used until now is billed as usual. */
export async function endSubscription(
  ctx: Context,
  input: EndSubscription,
): Promise<EndSubscriptionResult> {
  const changed = await changeSubscriptionStatus(ctx, {
    ...input,
    action: 'subscription:end',
    to: 'ended',
  })
  return { kind: changed ? 'ended' : 'already_ended' }
}
