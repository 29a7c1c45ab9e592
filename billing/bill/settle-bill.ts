import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import { addMoney, type Money, subtractMoney, zeroFen } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { moveBill } from './bill-lifecycle.ts'
import { type BillStanding, saveStanding } from './bill.queries.ts'

/** What a bill still owes. */
export function outstandingOf(standing: Pick<BillStanding, 'grossFen' | 'settledFen'>): Money {
  return subtractMoney(standing.grossFen, standing.settledFen)
}

/** Counts money towards a locked bill; paid in whole, it says so (`bill.settled`). */
export async function settleBill(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ standing: BillStanding; amountFen: Money }>,
): Promise<void> {
  const { standing } = input
  const settledFen = addMoney(standing.settledFen, input.amountFen)
  invariant(settledFen <= standing.grossFen, 'a bill is never settled beyond what it owes')
  const isWhole = settledFen === standing.grossFen
  const status = moveBill(standing.status, isWhole ? 'settle_whole' : 'settle_part')
  const confirmed =
    standing.status === 'issued'
      ? { confirmed_by: 'system:payment', confirmed_at: ctx.clock.now() }
      : {}
  await saveStanding(tx, standing.billId, { status, settled_fen: settledFen, ...confirmed })
  if (!isWhole) return
  await announce(tx, ctx.clock, {
    kind: 'bill.settled',
    jobId: `bill-settled-${standing.billId}`,
    payload: {
      billId: standing.billId,
      number: standing.number ?? '',
      buyerId: standing.buyerId,
      operatorId: standing.operatorId,
    },
  })
}

/** A bill of 0.00 needs no payment: once confirmed it is settled. */
export async function settleIfNothingOwed(
  tx: Tx,
  ctx: Context,
  standing: BillStanding,
): Promise<void> {
  if (standing.grossFen === 0n) await settleBill(tx, ctx, { standing, amountFen: zeroFen })
}
