import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockPriceList } from './price-list.queries.ts'

export type ReturnPriceList = Readonly<{ priceListId: Id<'plist'>; reason: string }>
export type ReturnPriceListResult = Readonly<{ kind: 'returned' | 'already_returned' }>

/** Sends a submitted list back with a reason; the author drafts another. */
export async function returnPriceList(
  ctx: Context,
  input: ReturnPriceList,
): Promise<ReturnPriceListResult> {
  requirePermission(ctx, 'price_list:approve')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const list = await lockPriceList(tx, ctx, input.priceListId)
    if (list.status === 'returned') return { kind: 'already_returned' }
    if (list.status !== 'submitted')
      throw new DomainError('INVALID_TRANSITION', { status: list.status })
    await tx
      .updateTable('billing.price_list')
      .set({ status: 'returned', return_reason: input.reason })
      .where('id', '=', list.priceListId)
      .execute()
    await audit(tx, ctx, {
      action: 'price_list:return',
      objectType: 'price_list',
      objectId: list.priceListId,
      detail: { reason: input.reason },
    })
    return { kind: 'returned' }
  })
}
