import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { refuseValue } from '#kernel/errors.ts'
import { announce } from '#kernel/outbox.ts'
import { addDays, type Day, daysBetween, startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'

const daysMax = 62

/**
 * Asks for the proof of whole days (Asia/Shanghai) now, as a job; the page shows what came of it.
 * Asking twice in one second is one piece of work. Errors: FORBIDDEN, VALIDATION_FAILED.
 */
export async function askForRollUpProof(
  ctx: Context,
  days: Readonly<{ from: Day; to: Day }>,
): Promise<Readonly<{ kind: 'asked'; jobId: string }>> {
  requirePermission(ctx, 'roll_up:prove')
  const count = daysBetween(days) + 1
  if (count < 1) refuseValue('to', 'before_from')
  if (count > daysMax) refuseValue('to', 'too_many_days')
  const jobId = `prove-roll-ups-${days.from}-${days.to}-${Math.floor(ctx.clock.now().getTime() / 1000)}`
  return inTransaction(ctx.db, async (tx) => {
    const from = startOfDay(days.from).toISOString()
    const to = startOfDay(addDays(days.to, 1)).toISOString()
    await announce(tx, ctx.clock, { kind: 'roll_ups.asked', jobId, payload: { from, to } })
    await audit(tx, ctx, {
      action: 'roll_up:prove',
      objectType: 'job',
      objectId: jobId,
      detail: { from, to },
    })
    return { kind: 'asked', jobId }
  })
}
