import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, type Money } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { type Day, dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { treasuryPaid } from '#billing/ledger/templates.ts'
import {
  findStatementHeads,
  findTreasuryPayments,
  lockStanding,
  saveStatus,
} from '#billing/statement/statement.queries.ts'
import type { StatementHead, TreasuryPayment } from '#billing/statement/statement.ts'

export type RecordTreasuryPayment = Readonly<{
  statementId: Id<'stmt'>
  amountFen: Money
  paidOn: Day
  receiptNumber: string
}>
export type RecordTreasuryPaymentResult = Readonly<{
  kind: 'recorded' | 'already_recorded'
  treasuryPaymentId: Id<'treasury'>
}>

/**
 * The treasury has the money: its receipt number, and the very amount that was due (R75). Errors:
 * NOT_FOUND, INVALID_TRANSITION without a notice, TREASURY_AMOUNT_DIFFERS for anything netted or
 * partial, CONFLICT for a receipt that stands for another payment.
 */
export async function recordTreasuryPayment(
  ctx: Context,
  input: RecordTreasuryPayment,
): Promise<RecordTreasuryPaymentResult> {
  requirePermission(ctx, 'treasury_payment:record')
  const receiptNumber = input.receiptNumber.trim()
  if (receiptNumber === '') refuseValue('receiptNumber', 'empty')
  const now = ctx.clock.now()
  if (input.paidOn > dayOf(now)) refuseValue('paidOn', 'in_the_future')
  try {
    return await inTransaction(ctx.db, async (tx) => {
      const [head] = await findStatementHeads(tx, { statementId: input.statementId })
      if (head === undefined) throw new DomainError('NOT_FOUND')
      await lockStanding(tx, head.versionId)
      const [due] = await findTreasuryPayments(tx, { statementId: input.statementId })
      if (due === undefined) throw new DomainError('INVALID_TRANSITION', { reason: 'no_notice' })
      const { treasuryPaymentId } = due
      if (due.receiptNumber === receiptNumber)
        return { kind: 'already_recorded', treasuryPaymentId }
      if (due.receiptNumber !== null) throw new DomainError('CONFLICT', { reason: 'paid_already' })
      if (due.amountFen !== input.amountFen)
        throw new DomainError('TREASURY_AMOUNT_DIFFERS', { dueYuan: formatYuan(due.amountFen) })
      await pay(tx, ctx, { due, head, receiptNumber, paidOn: input.paidOn, at: now })
      await audit(tx, ctx, {
        action: 'treasury_payment:record',
        objectType: 'treasury_payment',
        objectId: treasuryPaymentId,
        detail: { number: head.number, receiptNumber, amountYuan: formatYuan(due.amountFen) },
      })
      await announce(tx, ctx.clock, {
        kind: 'treasury.paid',
        jobId: `treasury-paid-${treasuryPaymentId}`,
        payload: {
          statementId: head.statementId,
          treasuryPaymentId,
          number: head.number,
          operatorId: head.operatorId,
        },
      })
      return { kind: 'recorded', treasuryPaymentId }
    })
  } catch (error) {
    if (violatedConstraint(error) === 'treasury_receipt_unique')
      throw new DomainError('CONFLICT', { reason: 'receipt_number_used' })
    throw error
  }
}

/** The receipt on the notice, the statement's new standing, and the posting. */
async function pay(
  tx: Tx,
  ctx: Context,
  paid: Readonly<{
    due: TreasuryPayment
    head: StatementHead
    receiptNumber: string
    paidOn: Day
    at: Date
  }>,
): Promise<void> {
  const { due, head, receiptNumber, at } = paid
  await tx
    .updateTable('billing.treasury_payment')
    .set({
      paid_on: paid.paidOn,
      paid_fen: due.amountFen,
      receipt_number: receiptNumber,
      recorded_by: actorId(ctx.actor),
      recorded_at: at,
    })
    .where('id', '=', due.treasuryPaymentId)
    .execute()
  await saveStatus(tx, { versionId: head.versionId, status: 'treasury_paid', at })
  await postEntry(
    tx,
    ctx.clock,
    treasuryPaid({
      treasuryPaymentId: due.treasuryPaymentId,
      operatorId: head.operatorId,
      amountFen: due.amountFen,
      occurredAt: at,
      memo: `Statement ${head.number}, receipt ${receiptNumber}`,
    }),
  )
}
