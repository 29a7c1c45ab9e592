import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { changeSubscriptionStatus } from './change-subscription-status.ts'

export type ResumeSubscription = Readonly<{ subscriptionId: Id<'sub'>; reason: string }>
export type ResumeSubscriptionResult = Readonly<{ kind: 'resumed' | 'already_active' }>

/** Lets the calls of a suspended subscription through again. */
export async function resumeSubscription(
  ctx: Context,
  input: ResumeSubscription,
): Promise<ResumeSubscriptionResult> {
  const changed = await changeSubscriptionStatus(ctx, {
    ...input,
    action: 'subscription:suspend',
    to: 'active',
  })
  return { kind: changed ? 'resumed' : 'already_active' }
}
