import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { DomainError } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { minMoney, type Money } from '#kernel/money.ts'
import { mayMove } from '#billing/bill/bill-lifecycle.ts'
import { lockStanding, sumLinesByTaxRate } from '#billing/bill/bill.queries.ts'
import { outstandingOf, settleBill } from '#billing/bill/settle-bill.ts'
import { type Allocation, insertAllocation, type Payment } from './payment.queries.ts'
import { netOfPart } from './received-tax.ts'

/**
 * Settles a bill with up to `availableFen` of a payment, at most what the bill still owes; null where it
 * owes nothing. Locks the bill. A bill of another buyer is BUYER_OF_PAYMENT_DIFFERS, one that cannot take
 * money now (not issued, or objected to) INVALID_TRANSITION.
 */
export async function allocate(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ payment: Payment; billId: Id<'bill'>; availableFen: Money }>,
): Promise<Allocation | null> {
  const { payment, billId } = input
  const standing = await lockStanding(tx, billId)
  if (standing === undefined || standing.operatorId !== payment.operatorId)
    throw new DomainError('NOT_FOUND')
  if (standing.buyerId !== payment.buyerId) throw new DomainError('BUYER_OF_PAYMENT_DIFFERS')
  const amountFen = minMoney(outstandingOf(standing), input.availableFen)
  if (amountFen <= 0n) return null
  if (!mayMove(standing.status, 'settle_part'))
    throw new DomainError('INVALID_TRANSITION', { status: standing.status })
  const parts = await sumLinesByTaxRate(tx, billId)
  const { netFen, taxFen } = netOfPart(
    parts.map(({ taxRate, grossFen }) => ({ taxRate: parseDecimal(taxRate), grossFen })),
    { beforeFen: standing.settledFen, partFen: amountFen },
  )
  const allocation = { allocationId: newId('match', ctx.clock), billId, amountFen }
  await insertAllocation(tx, {
    ...allocation,
    paymentId: payment.paymentId,
    netFen,
    taxFen,
    settledBeforeFen: standing.settledFen,
    allocatedAt: ctx.clock.now(),
  })
  await settleBill(tx, ctx, { standing, amountFen })
  return allocation
}
