import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { stepBill } from './step-bill.ts'

export type ObjectToBill = Readonly<{
  billId: Id<'bill'>
  billLineId?: Id<'line'>
  reason: string
}>
export type ObjectToBillResult = Readonly<{
  kind: 'objected' | 'already_objected'
  objectionId: Id<'objection'>
}>

/** The buyer objects to an issued bill or one line of it, within the window (R63: OBJECTION_WINDOW_CLOSED). */
export async function objectToBill(ctx: Context, input: ObjectToBill): Promise<ObjectToBillResult> {
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const step = { billId: input.billId, step: 'object', side: 'buyer' } as const
  return stepBill(ctx, step, async ({ tx, standing, move }) => {
    const now = ctx.clock.now()
    if (standing.status === 'objected') {
      const objectionId = await findOpenObjection(tx, input.billId)
      if (objectionId !== undefined) return { kind: 'already_objected', objectionId }
    }
    if (standing.objectionUntil !== null && now >= standing.objectionUntil)
      throw new DomainError('OBJECTION_WINDOW_CLOSED', {
        until: standing.objectionUntil.toISOString(),
      })
    if (input.billLineId !== undefined) await requireLine(tx, input.billId, input.billLineId)
    await move({})
    const objectionId = newId('objection', ctx.clock)
    await tx
      .insertInto('billing.bill_objection')
      .values({
        id: objectionId,
        bill_id: input.billId,
        bill_line_id: input.billLineId ?? null,
        reason: input.reason,
        objected_by: actorId(ctx.actor),
        objected_at: now,
      })
      .execute()
    await audit(tx, ctx, { action: 'bill:object', objectType: 'bill', objectId: input.billId })
    await announce(tx, ctx.clock, {
      kind: 'bill.objected',
      jobId: `bill-objected-${objectionId}`,
      payload: { billId: input.billId, objectionId, operatorId: standing.operatorId },
    })
    return { kind: 'objected', objectionId }
  })
}

async function findOpenObjection(tx: Tx, billId: string): Promise<Id<'objection'> | undefined> {
  const row = await tx
    .selectFrom('billing.bill_objection')
    .select('id')
    .where('bill_id', '=', billId)
    .where('verdict', 'is', null)
    .executeTakeFirst()
  return row && (row.id as Id<'objection'>)
}

async function requireLine(tx: Tx, billId: string, lineId: string): Promise<void> {
  const row = await tx
    .selectFrom('billing.bill_line')
    .select('id')
    .where('bill_id', '=', billId)
    .where('id', '=', lineId)
    .executeTakeFirst()
  if (row === undefined) refuseValue('billLineId', 'not_on_this_bill')
}
