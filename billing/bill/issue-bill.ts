import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { addDays, type Day, dayOf, monthOf, startOfDay, yearOfMonth } from '#kernel/period.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { insertBillMetering } from '#billing/budget/bill-metering.queries.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { billIssued } from '#billing/ledger/templates.ts'
import { type BillStanding, getBillAmounts } from './bill.queries.ts'
import { isFrozen } from './bill-lifecycle.ts'
import { type OneStep, stepBill } from './step-bill.ts'

export type IssueBill = Readonly<{
  billId: Id<'bill'>
  /** Whole days after today in which the buyer may object; default 5. */
  objectionDays?: number
  /** Days from the end of that window to the due date; default 15. */
  paymentDays?: number
}>
export type IssueBillResult = Readonly<{
  kind: 'issued' | 'already_issued'
  number: string
  objectionUntil: Date
  dueOn: Day
}>

const defaultObjectionDays = 5
const defaultPaymentDays = 15

/**
 * Issues a bill both hands of the operator have seen: it gets its gapless number and never changes again,
 * and the receivable, revenue and VAT are booked (policy.md 6.6). Both dates are printed on it.
 */
export async function issueBill(ctx: Context, input: IssueBill): Promise<IssueBillResult> {
  const objectionDays = checkedDays('objectionDays', input.objectionDays ?? defaultObjectionDays)
  const paymentDays = checkedDays('paymentDays', input.paymentDays ?? defaultPaymentDays)
  const step = { billId: input.billId, step: 'issue', side: 'operator' } as const
  return stepBill(ctx, step, async (step) => {
    if (isFrozen(step.standing.status)) return alreadyIssued(step.standing)
    const now = ctx.clock.now()
    const objectionEnds = addDays(dayOf(now), objectionDays + 1)
    const objectionUntil = startOfDay(objectionEnds)
    const dueOn = addDays(objectionEnds, paymentDays - 1)
    // The number is taken last: its series stays locked until the end of the transaction.
    const number = await nextDocumentNumber(step.tx, {
      prefix: 'ZD',
      year: yearOfMonth(monthOf(now)),
    })
    await step.move({
      number,
      issued_by: actorId(ctx.actor),
      issued_at: now,
      objection_until: objectionUntil,
      due_on: dueOn,
    })
    await insertBillMetering(step.tx, step.standing)
    await book(step, ctx, number)
    return { kind: 'issued', number, objectionUntil, dueOn }
  })
}

async function book(step: OneStep, ctx: Context, number: string): Promise<void> {
  const { tx, standing } = step
  const { netFen, taxFen } = await getBillAmounts(tx, standing.billId)
  await postEntry(
    tx,
    ctx.clock,
    billIssued({
      billId: standing.billId,
      buyerId: standing.buyerId,
      operatorId: standing.operatorId,
      netFen,
      taxFen,
      occurredAt: ctx.clock.now(),
      memo: `${number} ${standing.month}`,
    }),
  )
  await audit(tx, ctx, {
    action: 'bill:issue',
    objectType: 'bill',
    objectId: standing.billId,
    detail: { number },
  })
  await announce(tx, ctx.clock, {
    kind: 'bill.issued',
    jobId: `bill-issued-${standing.billId}`,
    payload: { billId: standing.billId, number, month: standing.month, buyerId: standing.buyerId },
  })
}

function alreadyIssued(standing: BillStanding): IssueBillResult {
  const { number, objectionUntil, dueOn } = standing
  invariant(
    number !== null && objectionUntil !== null && dueOn !== null,
    'an issued bill has number and dates',
  )
  return { kind: 'already_issued', number, objectionUntil, dueOn }
}

function checkedDays(field: string, days: number): number {
  return days % 1 === 0 && days >= 1 && days <= 90
    ? days
    : refuseValue(field, 'not_a_number_of_days')
}
