import { actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { billMoves, type BillStep, moveBill } from './bill-lifecycle.ts'
import { type BillStanding, lockStanding, saveStanding } from './bill.queries.ts'

export type StandingFacts = Omit<Parameters<typeof saveStanding>[2], 'status'>
export type OneStep = Readonly<{
  tx: Tx
  standing: BillStanding
  /** Takes the step with what is recorded of it; INVALID_TRANSITION where the table has no such move. */
  move: (facts: StandingFacts) => Promise<void>
}>

/**
 * The beginning of every step of a bill: may you, lock, and is it yours. `side` says whose step it is:
 * another operator's or buyer's bill is NOT_FOUND, and to a buyer so is one that was not issued.
 */
export async function stepBill<T>(
  ctx: Context,
  input: Readonly<{ billId: string; step: BillStep; side: 'operator' | 'buyer' }>,
  work: (step: OneStep) => Promise<T>,
): Promise<T> {
  requirePermission(ctx, billMoves[input.step].who)
  return inTransaction(ctx.db, async (tx) => {
    const standing = await lockStanding(tx, input.billId)
    if (standing === undefined || !isTheirs(ctx, standing, input.side))
      throw new DomainError('NOT_FOUND')
    return work({
      tx,
      standing,
      move: async (facts) => {
        const status = moveBill(standing.status, input.step)
        await saveStanding(tx, standing.billId, { ...facts, status })
      },
    })
  })
}

function isTheirs(ctx: Context, standing: BillStanding, side: 'operator' | 'buyer'): boolean {
  if (ctx.actor.kind === 'system') return true
  const own = actorOrganization(ctx.actor)
  if (side === 'operator') return own === standing.operatorId
  return own === standing.buyerId && standing.number !== null
}
