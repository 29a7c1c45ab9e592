import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  findStatementHeads,
  findTreasuryPayments,
  lockStanding,
} from '#billing/statement/statement.queries.ts'
import { insertTreasuryNotice, type TreasuryNotice } from './treasury-notice.ts'

export type NotifyTreasuryPayment = TreasuryNotice & Readonly<{ statementId: Id<'stmt'> }>
export type NotifyTreasuryPaymentResult = Readonly<{
  kind: 'notified' | 'already_notified'
  treasuryPaymentId: Id<'treasury'>
}>

/**
 * The finance bureau's payment notice for a locked statement, when the code was not known at the
 * review. Errors: NOT_FOUND, INVALID_TRANSITION where it is not locked or nothing is to be paid.
 */
export async function notifyTreasuryPayment(
  ctx: Context,
  input: NotifyTreasuryPayment,
): Promise<NotifyTreasuryPaymentResult> {
  requirePermission(ctx, 'treasury_payment:notify')
  return inTransaction(ctx.db, async (tx) => {
    const [head] = await findStatementHeads(tx, { statementId: input.statementId })
    if (head === undefined) throw new DomainError('NOT_FOUND')
    const standing = await lockStanding(tx, head.versionId)
    const [existing] = await findTreasuryPayments(tx, { statementId: input.statementId })
    if (existing !== undefined)
      return { kind: 'already_notified', treasuryPaymentId: existing.treasuryPaymentId }
    if (standing?.status !== 'locked')
      throw new DomainError('INVALID_TRANSITION', { status: head.status })
    const treasuryPaymentId = await insertTreasuryNotice(tx, ctx, { ...input, head })
    await audit(tx, ctx, {
      action: 'treasury_payment:notify',
      objectType: 'treasury_payment',
      objectId: treasuryPaymentId,
      detail: { number: head.number, paymentCode: input.paymentCode, dueOn: input.dueOn },
    })
    return { kind: 'notified', treasuryPaymentId }
  })
}
