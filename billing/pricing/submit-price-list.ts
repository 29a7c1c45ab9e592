import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockPriceList } from './price-list.queries.ts'

export type SubmitPriceList = Readonly<{ priceListId: Id<'plist'> }>
export type SubmitPriceListResult = Readonly<{ kind: 'submitted' | 'already_submitted' }>

/** Puts a drafted list before the data bureau. INVALID_TRANSITION once it was decided. */
export async function submitPriceList(
  ctx: Context,
  input: SubmitPriceList,
): Promise<SubmitPriceListResult> {
  requirePermission(ctx, 'price_list:submit')
  return inTransaction(ctx.db, async (tx) => {
    const list = await lockPriceList(tx, ctx, input.priceListId)
    if (list.status === 'submitted') return { kind: 'already_submitted' }
    if (list.status !== 'draft')
      throw new DomainError('INVALID_TRANSITION', { status: list.status })
    await tx
      .updateTable('billing.price_list')
      .set({ status: 'submitted' })
      .where('id', '=', list.priceListId)
      .execute()
    await audit(tx, ctx, {
      action: 'price_list:submit',
      objectType: 'price_list',
      objectId: list.priceListId,
    })
    return { kind: 'submitted' }
  })
}
