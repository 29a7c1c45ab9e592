import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Day } from '#kernel/period.ts'
import { drawBalance } from '#billing/account/draw-balance.ts'
import { settleIfNothingOwed } from './settle-bill.ts'
import { stepBill } from './step-bill.ts'

export type ConfirmBill = Readonly<{ billId: Id<'bill'> }>
export type ConfirmBillResult = Readonly<{ kind: 'confirmed' | 'already_confirmed'; dueOn: Day }>

/** The buyer's confirmation (需方确认) of an issued bill, by act (R63). A bill of 0.00 is then settled, others draw on the balance. */
export async function confirmBill(ctx: Context, input: ConfirmBill): Promise<ConfirmBillResult> {
  const step = { billId: input.billId, step: 'confirm', side: 'buyer' } as const
  return stepBill(ctx, step, async ({ tx, standing, move }) => {
    const { status, dueOn } = standing
    invariant(dueOn !== null, 'an issued bill has a due date')
    const passed = ['confirmed', 'due', 'part_paid', 'paid', 'written_off'] as const
    if (passed.some((later) => later === status)) return { kind: 'already_confirmed', dueOn }
    await move({ confirmed_by: actorId(ctx.actor), confirmed_at: ctx.clock.now() })
    await settleIfNothingOwed(tx, ctx, { ...standing, status: 'confirmed' })
    await drawBalance(tx, ctx, standing)
    await audit(tx, ctx, { action: 'bill:confirm', objectType: 'bill', objectId: input.billId })
    return { kind: 'confirmed', dueOn }
  })
}
