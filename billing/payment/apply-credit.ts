import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, subtractMoney, sumMoney } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { creditApplied } from '#billing/ledger/templates.ts'
import { allocate } from './allocate.ts'
import { listAllocations, lockPayment } from './payment.queries.ts'

export type ApplyCredit = Readonly<{ paymentId: Id<'payment'>; billId: Id<'bill'> }>
export type ApplyCreditResult = Readonly<{
  kind: 'applied' | 'already_applied' | 'nothing_to_apply'
  amountFen: Money
}>

/** Settles a bill with what an earlier payment of the same buyer left over, as far as it reaches. */
export async function applyCredit(ctx: Context, input: ApplyCredit): Promise<ApplyCreditResult> {
  requirePermission(ctx, 'payment:match')
  return inTransaction(ctx.db, async (tx) => {
    const payment = await lockPayment(tx, input.paymentId)
    if (payment === undefined) throw new DomainError('NOT_FOUND')
    requireOwn(ctx, payment.operatorId)
    // A top-up is drawn when its bill is confirmed.
    if (payment.purpose === 'top_up') throw new DomainError('PAYMENT_IS_A_TOP_UP')
    const earlier = await listAllocations(tx, payment.paymentId)
    const same = earlier.find((allocation) => allocation.billId === input.billId)
    if (same !== undefined) return { kind: 'already_applied', amountFen: same.amountFen }
    const availableFen = subtractMoney(
      payment.amountFen,
      sumMoney(earlier.map((allocation) => allocation.amountFen)),
    )
    const allocation = await allocate(tx, ctx, { payment, billId: input.billId, availableFen })
    if (allocation === null) return { kind: 'nothing_to_apply', amountFen: availableFen }
    const { allocationId, amountFen } = allocation
    await postEntry(
      tx,
      ctx.clock,
      creditApplied({
        allocationId,
        buyerId: payment.buyerId,
        amountFen,
        occurredAt: ctx.clock.now(),
        memo: payment.paymentId,
      }),
    )
    await audit(tx, ctx, {
      action: 'payment:apply_credit',
      objectType: 'payment',
      objectId: payment.paymentId,
      detail: { billId: input.billId, amountFen },
    })
    return { kind: 'applied', amountFen }
  })
}
