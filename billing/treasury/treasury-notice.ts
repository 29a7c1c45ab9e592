import { actorId, type Context } from '#kernel/context.ts'
import { type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Day } from '#kernel/period.ts'
import type { StatementHead } from '#billing/statement/statement.ts'

export type TreasuryNotice = Readonly<{
  /** The non-tax item, e.g. 国有资源（资产）有偿使用收入. */
  itemName: string
  /** The code (缴款码) the finance bureau's own system gave. */
  paymentCode: string
  dueOn: Day
}>

/**
 * The notice of a locked statement's payment: the whole government share, gross; the incentive of
 * the providers is a later budget matter and never netted (R75). Once per version, by
 * treasury_payment_once.
 */
export async function insertTreasuryNotice(
  tx: Tx,
  ctx: Context,
  input: TreasuryNotice & Readonly<{ head: StatementHead }>,
): Promise<Id<'treasury'>> {
  if (input.itemName.trim() === '') refuseValue('itemName', 'empty')
  if (input.paymentCode.trim() === '') refuseValue('paymentCode', 'empty')
  if (input.head.governmentShareFen <= 0n)
    throw new DomainError('INVALID_TRANSITION', { reason: 'nothing_to_pay' })
  const treasuryPaymentId = newId('treasury', ctx.clock)
  try {
    await tx
      .insertInto('billing.treasury_payment')
      .values({
        id: treasuryPaymentId,
        statement_id: input.head.statementId,
        version_id: input.head.versionId,
        amount_fen: input.head.governmentShareFen,
        item_name: input.itemName.trim(),
        payment_code: input.paymentCode.trim(),
        due_on: input.dueOn,
        notified_by: actorId(ctx.actor),
        notified_at: ctx.clock.now(),
      })
      .execute()
  } catch (error) {
    if (violatedConstraint(error) === 'treasury_payment_code_unique')
      throw new DomainError('CONFLICT', { reason: 'payment_code_used' })
    throw error
  }
  return treasuryPaymentId
}
