import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { stepBill } from './step-bill.ts'

export type DiscardBill = Readonly<{ billId: Id<'bill'>; reason: string }>
export type DiscardBillResult = Readonly<{ kind: 'discarded' | 'already_discarded' }>

/** Sets a bill that was not issued aside, so that the next run composes a new version; it stays readable. */
export async function discardBill(ctx: Context, input: DiscardBill): Promise<DiscardBillResult> {
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return stepBill(
    ctx,
    { billId: input.billId, step: 'discard', side: 'operator' },
    async (step) => {
      if (step.standing.status === 'discarded') return { kind: 'already_discarded' }
      await step.move({})
      await audit(step.tx, ctx, {
        action: 'bill:discard',
        objectType: 'bill',
        objectId: input.billId,
        detail: { reason: input.reason },
      })
      return { kind: 'discarded' }
    },
  )
}
