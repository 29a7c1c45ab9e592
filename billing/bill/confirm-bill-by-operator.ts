import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { stepBill } from './step-bill.ts'

export type ConfirmBillByOperator = Readonly<{ billId: Id<'bill'> }>
export type ConfirmBillByOperatorResult = Readonly<{ kind: 'confirmed' | 'already_confirmed' }>

/** The operator's confirmation (供方确认) of a composed bill, before it is issued (R63). */
export async function confirmBillByOperator(
  ctx: Context,
  input: ConfirmBillByOperator,
): Promise<ConfirmBillByOperatorResult> {
  return stepBill(
    ctx,
    { billId: input.billId, step: 'confirm_by_operator', side: 'operator' },
    async (step) => {
      if (step.standing.status === 'operator_confirmed') return { kind: 'already_confirmed' }
      await step.move({
        operator_confirmed_by: actorId(ctx.actor),
        operator_confirmed_at: ctx.clock.now(),
      })
      await audit(step.tx, ctx, {
        action: 'bill:confirm_operator',
        objectType: 'bill',
        objectId: input.billId,
      })
      return { kind: 'confirmed' }
    },
  )
}
