import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { lockBankEntry, saveEntryStatus } from './payment.queries.ts'

export type SetAsideBankEntry = Readonly<{ bankEntryId: Id<'bankentry'>; reason: string }>
export type SetAsideBankEntryResult = Readonly<{ kind: 'set_aside' | 'already_set_aside' }>

/** Takes an entry that is no payment for a bill out of the list, with a reason; it can still be matched. */
export async function setAsideBankEntry(
  ctx: Context,
  input: SetAsideBankEntry,
): Promise<SetAsideBankEntryResult> {
  requirePermission(ctx, 'payment:match')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockBankEntry(tx, input.bankEntryId)
    if (entry === undefined) throw new DomainError('NOT_FOUND')
    requireOwn(ctx, entry.operatorId)
    if (entry.status === 'set_aside') return { kind: 'already_set_aside' }
    if (entry.status === 'matched')
      throw new DomainError('INVALID_TRANSITION', { status: entry.status })
    await saveEntryStatus(tx, entry.bankEntryId, 'set_aside')
    await audit(tx, ctx, {
      action: 'payment:set_aside',
      objectType: 'bank_entry',
      objectId: entry.bankEntryId,
      detail: { reason: input.reason },
    })
    return { kind: 'set_aside' }
  })
}
