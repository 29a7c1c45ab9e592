import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockOpenEntry, propose, type ProposeParkedResult } from './propose-parked-correction.ts'
import { whyDiscardable } from './why-discardable.ts'

/**
 * Proposes to throw an entry away. Only what is provably not an event of ours, or is stored already, may
 * be; that is looked at again when another person approves.
 * Errors: FORBIDDEN, NOT_FOUND, INVALID_TRANSITION, CONFLICT, VALIDATION_FAILED, PARKED_ENTRY_MAY_BE_OURS.
 */
export async function proposeParkedDiscard(
  ctx: Context,
  input: Readonly<{ entryId: bigint; reason: string }>,
): Promise<ProposeParkedResult> {
  requirePermission(ctx, 'parked_entry:propose')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockOpenEntry(tx, input.entryId)
    const ground = await whyDiscardable(tx, entry)
    if (ground === null) throw new DomainError('PARKED_ENTRY_MAY_BE_OURS')
    const reason = `${ground}: ${input.reason}`
    return propose(tx, ctx, { entry, kind: 'discard', body: null, changes: [], reason })
  })
}
