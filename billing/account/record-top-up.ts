import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { topUpReceived } from '#billing/ledger/templates.ts'
import { requireBuyer } from '#billing/payment/match-payment.ts'
import {
  findPaymentOfEntry,
  insertPayment,
  lockBankEntry,
  type Payment,
  saveEntryStatus,
} from '#billing/payment/payment.queries.ts'
import { lockAccount, lockDrawableBills, sumBalance } from './account.queries.ts'
import { drawBalance } from './draw-balance.ts'

export type RecordTopUp = Readonly<{ bankEntryId: Id<'bankentry'>; buyerId: Id<'org'> }>
export type RecordTopUpResult = Readonly<{
  kind: 'recorded' | 'already_recorded'
  paymentId: Id<'payment'>
  /** After confirmed bills that were waiting have drawn on it. */
  balanceFen: Money
}>

/**
 * Says that a bank entry is money a buyer paid ahead: a liability until a bill draws on it, never split as
 * such. Bills that are confirmed and not paid draw on it at once. An entry that was matched with bills is
 * INVALID_TRANSITION; the same top-up again is a result.
 */
export async function recordTopUp(ctx: Context, input: RecordTopUp): Promise<RecordTopUpResult> {
  requirePermission(ctx, 'top_up:record')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockBankEntry(tx, input.bankEntryId)
    if (entry === undefined) throw new DomainError('NOT_FOUND')
    requireOwn(ctx, entry.operatorId)
    const key = { buyerId: input.buyerId, operatorId: entry.operatorId }
    if (entry.status === 'matched') {
      const known = await findPaymentOfEntry(tx, entry.bankEntryId)
      invariant(known !== undefined, 'a matched entry has its payment')
      if (known.purpose !== 'top_up' || known.buyerId !== input.buyerId)
        throw new DomainError('INVALID_TRANSITION', { status: entry.status })
      const balanceFen = await sumBalance(tx, key)
      return { kind: 'already_recorded', paymentId: known.paymentId, balanceFen }
    }
    await requireBuyer(tx, input.buyerId)
    const payment: Payment = {
      paymentId: newId('payment', ctx.clock),
      purpose: 'top_up',
      ...key,
      amountFen: entry.amountFen,
    }
    await insertPayment(tx, {
      ...payment,
      bankEntryId: entry.bankEntryId,
      matchedBy: actorId(ctx.actor),
      matchedAt: ctx.clock.now(),
    })
    await saveEntryStatus(tx, entry.bankEntryId, 'matched')
    const occurredAt = startOfDay(entry.paidOn)
    await postEntry(
      tx,
      ctx.clock,
      topUpReceived({ ...payment, occurredAt, memo: entry.bankReference }),
    )
    // A bill that is being confirmed has drawn by then without this top-up, and is seen as confirmed.
    await lockAccount(tx, key, ctx.clock.now())
    for (const billId of await lockDrawableBills(tx, key))
      await drawBalance(tx, ctx, { ...key, billId })
    await audit(tx, ctx, {
      action: 'top_up:record',
      objectType: 'payment',
      objectId: payment.paymentId,
      detail: { bankEntryId: entry.bankEntryId, amountFen: payment.amountFen },
    })
    await announce(tx, ctx.clock, {
      kind: 'payment.matched',
      jobId: `payment-${payment.paymentId}`,
      payload: { paymentId: payment.paymentId, buyerId: payment.buyerId },
    })
    const balanceFen = await sumBalance(tx, key)
    return { kind: 'recorded', paymentId: payment.paymentId, balanceFen }
  })
}
