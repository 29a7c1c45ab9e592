import { actorOrganization, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { PriceListKind, PriceListStatus } from './price-list.ts'

export type LockedPriceList = Readonly<{
  priceListId: Id<'plist'>
  operatorId: Id<'org'>
  kind: PriceListKind
  status: PriceListStatus
  effectiveFrom: Date
  effectiveTo: Date | null
  madeBy: string
  content: unknown
}>

/** Locks a list for a step; NOT_FOUND where it does not exist or is another operator's. */
export async function lockPriceList(
  tx: Tx,
  ctx: Context,
  priceListId: string,
): Promise<LockedPriceList> {
  const row = await tx
    .selectFrom('billing.price_list')
    .select([
      'id',
      'operator_id',
      'kind',
      'status',
      'effective_from',
      'effective_to',
      'made_by',
      'content',
    ])
    .where('id', '=', priceListId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined || isAnotherOperators(ctx, row.operator_id))
    throw new DomainError('NOT_FOUND')
  return {
    priceListId: row.id as Id<'plist'>,
    operatorId: row.operator_id as Id<'org'>,
    kind: row.kind,
    status: row.status,
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    madeBy: row.made_by,
    content: row.content,
  }
}

export function isAnotherOperators(ctx: Context, operatorId: string): boolean {
  const actor = ctx.actor
  return (
    actor.kind === 'person' &&
    actor.organizationKind === 'operator' &&
    actorOrganization(actor) !== operatorId
  )
}
