import { usageWatermark } from '#metering/index.ts'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { listBuyersToBill } from '#billing/subscription/subscription.queries.ts'
import { type BillRunOutcome, runBill } from './run-bill.ts'

export type RunBills = Readonly<{
  operatorId: Id<'org'>
  month: Month
  /** Only this buyer; else every buyer with a subscription in the month. */
  buyerId?: Id<'org'>
  /** How long after the month's end the watermark must stand; default one hour. */
  graceMs?: number
}>
export type RunBillsResult =
  | Readonly<{ kind: 'waiting'; watermarkAt: Date | null; neededAt: Date }>
  | Readonly<{ kind: 'ran'; outcomes: readonly BillRunOutcome[] }>

const defaultGraceMs = 3_600_000

/**
 * Composes the month's bills, one buyer at a time, each in a transaction of its own (R62), once every
 * shard's watermark has passed the month's end plus the grace period; else `waiting`. Running it again
 * changes nothing that stands; a parked bill is tried anew.
 */
export async function runBills(ctx: Context, input: RunBills): Promise<RunBillsResult> {
  requirePermission(ctx, 'bill:run')
  requireOwn(ctx, input.operatorId)
  const { from, to } = monthPeriod(input.month)
  const neededAt = new Date(to.getTime() + (input.graceMs ?? defaultGraceMs))
  const watermarkAt = await usageWatermark(ctx.db)
  if (watermarkAt === null || watermarkAt < neededAt || ctx.clock.now() < neededAt)
    return { kind: 'waiting', watermarkAt, neededAt }
  const { operatorId, month } = input
  const buyers = await listBuyersToBill(ctx.db, { operatorId, from, to })
  const outcomes: BillRunOutcome[] = []
  for (const buyerId of buyers)
    if (input.buyerId === undefined || input.buyerId === buyerId)
      outcomes.push(await runBill(ctx, { operatorId, buyerId, month }))
  return { kind: 'ran', outcomes }
}
