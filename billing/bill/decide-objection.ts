import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { drawBalance } from '#billing/account/draw-balance.ts'
import { settleIfNothingOwed } from './settle-bill.ts'
import { stepBill } from './step-bill.ts'

export type DecideObjection = Readonly<{
  objectionId: Id<'objection'>
  verdict: 'upheld' | 'dismissed'
  decision: string
}>
export type DecideObjectionResult = Readonly<{ kind: 'decided' | 'already_decided' }>

/**
 * The operator decides an objection with its reasons. The bill itself never changes: what an upheld
 * objection corrects is a further line of a later bill (R66).
 */
export async function decideObjection(
  ctx: Context,
  input: DecideObjection,
): Promise<DecideObjectionResult> {
  if (input.decision.trim() === '') refuseValue('decision', 'empty')
  const billId = await findBillOf(ctx, input.objectionId)
  const step = { billId, step: 'decide', side: 'operator' } as const
  return stepBill(ctx, step, async ({ tx, standing, move }) => {
    const decided = await tx
      .updateTable('billing.bill_objection')
      .set({
        verdict: input.verdict,
        decision: input.decision,
        decided_by: actorId(ctx.actor),
        decided_at: ctx.clock.now(),
      })
      .where('id', '=', input.objectionId)
      .where('verdict', 'is', null)
      .executeTakeFirst()
    if (decided.numUpdatedRows === 0n) return { kind: 'already_decided' }
    invariant(decided.numUpdatedRows === 1n, 'one objection is decided')
    await move({})
    await settleIfNothingOwed(tx, ctx, { ...standing, status: 'decided' })
    await drawBalance(tx, ctx, standing)
    await audit(tx, ctx, {
      action: 'bill:decide_objection',
      objectType: 'bill',
      objectId: billId,
      detail: { objectionId: input.objectionId, verdict: input.verdict },
    })
    await announce(tx, ctx.clock, {
      kind: 'bill.objection_decided',
      jobId: `bill-objection-decided-${input.objectionId}`,
      payload: { billId, objectionId: input.objectionId, buyerId: standing.buyerId },
    })
    return { kind: 'decided' }
  })
}

async function findBillOf(ctx: Context, objectionId: string): Promise<string> {
  const row = await ctx.db
    .selectFrom('billing.bill_objection')
    .select('bill_id')
    .where('id', '=', objectionId)
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('NOT_FOUND')
  return row.bill_id
}
