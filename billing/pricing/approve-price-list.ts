import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { laterOf } from './place-in-time.ts'
import { parsePriceListContent, type PriceItemDraft } from './price-list.ts'
import { type LockedPriceList, lockPriceList } from './price-list.queries.ts'
import { insertPriceItem, listPriceItems } from './price-item.queries.ts'
import { carryPostedPrices, shortenPriceItem } from './replace-price-item.ts'

export type ApprovePriceList = Readonly<{ priceListId: Id<'plist'> }>
export type ApprovedItem = Readonly<{
  priceItemId: Id<'pitem'>
  productId: Id<'product'>
  code: string
}>
export type ApprovePriceListResult = Readonly<{
  kind: 'approved' | 'already_approved'
  items: readonly ApprovedItem[]
}>

/**
 * Makes the ceilings of a submitted list hold, from its date or from now, whichever is later: never
 * backwards. An item of the same product and code is shortened to end there (R47), and a posted price
 * above the new ceiling ends with it (R48). A cap without its report to the price authority is refused
 * (R52: CAP_NOT_REPORTED); the author may not approve (SELF_APPROVAL).
 */
export async function approvePriceList(
  ctx: Context,
  input: ApprovePriceList,
): Promise<ApprovePriceListResult> {
  requirePermission(ctx, 'price_list:approve')
  return inTransaction(ctx.db, async (tx) => {
    const list = await lockPriceList(tx, ctx, input.priceListId)
    if (list.status === 'approved')
      return { kind: 'already_approved', items: await listItemsOfList(tx, list.priceListId) }
    if (list.status !== 'submitted')
      throw new DomainError('INVALID_TRANSITION', { status: list.status })
    if (list.madeBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    const drafts = parsePriceListContent(list.content)
    refuseUnreportedCaps(list, drafts)
    await tx
      .updateTable('billing.price_list')
      .set({ status: 'approved', approved_by: actorId(ctx.actor), approved_at: ctx.clock.now() })
      .where('id', '=', list.priceListId)
      .execute()
    const items: ApprovedItem[] = []
    for (const draft of drafts) items.push(await makePriceItem(tx, ctx, list, draft))
    await audit(tx, ctx, {
      action: 'price_list:approve',
      objectType: 'price_list',
      objectId: list.priceListId,
      detail: { items: items.map((item) => item.priceItemId) },
    })
    await announce(tx, ctx.clock, {
      kind: 'price_list.approved',
      jobId: `price-list-${list.priceListId}`,
      payload: { priceListId: list.priceListId, operatorId: list.operatorId },
    })
    return { kind: 'approved', items }
  })
}

function refuseUnreportedCaps(list: LockedPriceList, drafts: readonly PriceItemDraft[]): void {
  if (list.kind !== 'cap') return
  const missing = drafts.filter((draft) => !draft.reportedOn || !draft.reportNumber)
  if (missing.length > 0)
    throw new DomainError('CAP_NOT_REPORTED', { items: missing.map((draft) => draft.code) })
}

async function makePriceItem(
  tx: Tx,
  ctx: Context,
  list: LockedPriceList,
  draft: PriceItemDraft,
): Promise<ApprovedItem> {
  const now = ctx.clock.now()
  const from = laterOf(list.effectiveFrom, now)
  const existing = await listPriceItems(tx, {
    productId: draft.productId,
    code: draft.code,
    knownAt: now,
    holdingFrom: from,
  })
  if (existing.some((item) => item.effective.from >= from))
    throw new DomainError('PRICE_PLANNED_LATER', { code: draft.code })
  const carried = []
  for (const item of existing) carried.push(...(await shortenPriceItem(tx, ctx, item, from)))
  const priceItemId = newId('pitem', ctx.clock)
  await insertPriceItem(tx, {
    priceItemId,
    priceListId: list.priceListId,
    listKind: list.kind,
    draft,
    effective: { from, to: list.effectiveTo },
    knownFrom: now,
  })
  await carryPostedPrices(tx, ctx, {
    priceItemId,
    cap: draft.form,
    effective: { from, to: list.effectiveTo },
    posted: carried,
  })
  return { priceItemId, productId: draft.productId, code: draft.code }
}

async function listItemsOfList(tx: Tx, priceListId: string): Promise<ApprovedItem[]> {
  const rows = await tx
    .selectFrom('billing.price_item')
    .select(['id', 'product_id', 'code'])
    .where('price_list_id', '=', priceListId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    priceItemId: row.id as Id<'pitem'>,
    productId: row.product_id as Id<'product'>,
    code: row.code,
  }))
}
