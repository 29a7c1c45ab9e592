import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { addMoney, type Money, zeroFen } from '#kernel/money.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { prepaidDrawn } from '#billing/ledger/templates.ts'
import { allocate } from '#billing/payment/allocate.ts'
import { type AccountKey, listTopUps, lockAccount } from './account.queries.ts'

/**
 * Settles a confirmed bill from the balance of its account, as far as that reaches, oldest top-up first. It
 * is received as a matched payment is, and split with the month it is drawn in. The bill is locked before.
 */
export async function drawBalance(
  tx: Tx,
  ctx: Context,
  bill: AccountKey & Readonly<{ billId: Id<'bill'> }>,
): Promise<Money> {
  const { billId, buyerId, operatorId } = bill
  const key = { buyerId, operatorId }
  // Before looking: a top-up that is being recorded is in by then, or comes after and finds this bill confirmed.
  await lockAccount(tx, key, ctx.clock.now())
  let drawnFen = zeroFen
  for (const payment of await listTopUps(tx, key)) {
    const availableFen = payment.restFen
    const allocation = await allocate(tx, ctx, { payment, billId, availableFen })
    if (allocation === null) break
    await postEntry(
      tx,
      ctx.clock,
      prepaidDrawn({
        ...{ allocationId: allocation.allocationId, buyerId, amountFen: allocation.amountFen },
        occurredAt: ctx.clock.now(),
        memo: payment.paymentId,
      }),
    )
    drawnFen = addMoney(drawnFen, allocation.amountFen)
  }
  if (drawnFen > 0n)
    await audit(tx, ctx, {
      action: 'balance:draw',
      objectType: 'bill',
      objectId: billId,
      detail: { amountFen: drawnFen },
    })
  return drawnFen
}
