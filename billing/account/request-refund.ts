import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { formatYuan, type Money } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import { type AccountKey, lockAccount } from './account.queries.ts'
import { insertRefund } from './refund.queries.ts'
import { unusedBalance } from './unused-balance.ts'

export type RequestRefund = AccountKey &
  Readonly<{
    amountFen: Money
    /** Where the money goes: the account it came from, or what the buyer names. */
    payeeAccount: string
    reason: string
  }>
export type RequestRefundResult = Readonly<{ kind: 'requested'; refundId: Id<'refund'> }>

/**
 * Asks for unused balance back. From this commit on the amount is held: the gateway lets nobody use it, so
 * what is decided later is not used up meanwhile. One request at a time (REFUND_PENDING); more than is
 * unused is REFUND_EXCEEDS_UNUSED.
 */
export async function requestRefund(
  ctx: Context,
  input: RequestRefund,
): Promise<RequestRefundResult> {
  requirePermission(ctx, 'refund:request')
  const own = ownBuyer(ctx) ?? ownOperator(ctx)
  if (own !== input.buyerId && own !== input.operatorId) throw new DomainError('NOT_FOUND')
  if (input.amountFen <= 0n) refuseValue('amountYuan', 'not_positive')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  if (input.payeeAccount.trim() === '') refuseValue('payeeAccount', 'empty')
  const { buyerId, operatorId } = input
  const now = ctx.clock.now()
  const requested = inTransaction(ctx.db, async (tx) => {
    await lockAccount(tx, { buyerId, operatorId }, now)
    const unusedFen = await unusedBalance(tx, { buyerId, operatorId }, now)
    if (input.amountFen > unusedFen)
      throw new DomainError('REFUND_EXCEEDS_UNUSED', { unusedYuan: formatYuan(unusedFen) })
    const refundId = newId('refund', ctx.clock)
    await insertRefund(tx, {
      ...{ refundId, buyerId, operatorId, amountFen: input.amountFen },
      payeeAccount: input.payeeAccount.trim(),
      reason: input.reason.trim(),
      requestedBy: actorId(ctx.actor),
      requestedAt: now,
    })
    await audit(tx, ctx, {
      action: 'refund:request',
      objectType: 'balance_refund',
      objectId: refundId,
      detail: { buyerId, amountFen: input.amountFen },
    })
    return { kind: 'requested', refundId } as const
  })
  return requested.catch((error: unknown) => {
    if (violatedConstraint(error) === 'balance_refund_one_open')
      throw new DomainError('REFUND_PENDING')
    throw error
  })
}
