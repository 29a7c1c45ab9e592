import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { changeSubscriptionStatus } from './change-subscription-status.ts'

export type SuspendSubscription = Readonly<{ subscriptionId: Id<'sub'>; reason: string }>
export type SuspendSubscriptionResult = Readonly<{ kind: 'suspended' | 'already_suspended' }>

/** Stops the calls of a subscription until it is resumed; the reason is kept in the audit log. */
export async function suspendSubscription(
  ctx: Context,
  input: SuspendSubscription,
): Promise<SuspendSubscriptionResult> {
  const changed = await changeSubscriptionStatus(ctx, {
    ...input,
    action: 'subscription:suspend',
    to: 'suspended',
  })
  return { kind: changed ? 'suspended' : 'already_suspended' }
}
