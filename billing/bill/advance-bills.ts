import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { drawBalance } from '#billing/account/draw-balance.ts'
import { settleIfNothingOwed } from './settle-bill.ts'
import { stepBill } from './step-bill.ts'

export type AdvanceBills = Readonly<{ operatorId?: Id<'org'> }>
export type AdvanceBillsResult = Readonly<{ confirmedBySilence: number; madeDue: number }>

/**
 * What time does to bills, for a daily job: an issued one whose window for objections has closed is
 * confirmed by silence (R63), a confirmed one whose due date has come is due. Each in its own transaction.
 */
export async function advanceBills(
  ctx: Context,
  input: AdvanceBills = {},
): Promise<AdvanceBillsResult> {
  requirePermission(ctx, 'bill:advance')
  let confirmedBySilence = 0
  let madeDue = 0
  for (const billId of await listWaiting(ctx, input, 'silence'))
    if (await confirmBySilence(ctx, billId)) confirmedBySilence += 1
  for (const billId of await listWaiting(ctx, input, 'due'))
    if (await fallDue(ctx, billId)) madeDue += 1
  return { confirmedBySilence, madeDue }
}

async function listWaiting(
  ctx: Context,
  input: AdvanceBills,
  what: 'silence' | 'due',
): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('billing.bill_standing')
    .select('bill_id')
    .$if(what === 'silence', (q) =>
      q.where('status', '=', 'issued').where('objection_until', '<=', ctx.clock.now()),
    )
    .$if(what === 'due', (q) =>
      q
        .where('status', 'in', ['confirmed', 'decided'])
        .where('due_on', '<=', dayOf(ctx.clock.now())),
    )
    .$if(input.operatorId !== undefined, (q) => q.where('operator_id', '=', input.operatorId ?? ''))
    .orderBy('bill_id')
    .execute()
  return rows.map((row) => row.bill_id)
}

async function confirmBySilence(ctx: Context, billId: string): Promise<boolean> {
  const step = { billId, step: 'confirm_by_silence', side: 'operator' } as const
  return stepBill(ctx, step, async ({ tx, standing, move }) => {
    if (standing.status !== 'issued') return false
    await move({ confirmed_by: actorId(ctx.actor), confirmed_at: ctx.clock.now() })
    await settleIfNothingOwed(tx, ctx, { ...standing, status: 'confirmed' })
    await drawBalance(tx, ctx, standing)
    await audit(tx, ctx, {
      action: 'bill:confirm_by_silence',
      objectType: 'bill',
      objectId: billId,
    })
    return true
  })
}

async function fallDue(ctx: Context, billId: string): Promise<boolean> {
  const step = { billId, step: 'fall_due', side: 'operator' } as const
  return stepBill(ctx, step, async ({ tx, standing, move }) => {
    if (standing.status !== 'confirmed' && standing.status !== 'decided') return false
    await move({})
    await audit(tx, ctx, { action: 'bill:fall_due', objectType: 'bill', objectId: billId })
    return true
  })
}
