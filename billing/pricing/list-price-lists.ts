import { sql } from 'kysely'
import { actorOrganization, type Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type ChargingForm, parseChargingForm } from './charging-form.ts'
import {
  parsePriceListContent,
  type PriceItemDraft,
  type PriceListKind,
  type PriceListStatus,
} from './price-list.ts'

export type PriceListView = Readonly<{
  priceListId: Id<'plist'>
  number: string
  title: string
  kind: PriceListKind
  operatorId: Id<'org'>
  documentId: Id<'policy'>
  status: PriceListStatus
  effectiveFrom: Date
  effectiveTo: Date | null
  isSample: boolean
  madeBy: string
  madeAt: Date
  approvedBy: string | null
  approvedAt: Date | null
  returnReason: string | null
  items: readonly PriceItemDraft[]
  /** Given by approval; empty before. */
  priceItems: readonly Readonly<{
    priceItemId: Id<'pitem'>
    productId: Id<'product'>
    code: string
  }>[]
}>
export type PostedPriceProposalView = Readonly<{
  proposalId: Id<'proposal'>
  priceItemId: Id<'pitem'>
  itemName: string
  form: ChargingForm
  reason: string
  effectiveFrom: Date
  status: 'proposed' | 'posted' | 'refused'
  proposedBy: string
  proposedAt: Date
  decidedBy: string | null
  decidedAt: Date | null
  decisionReason: string | null
}>

/** The operator whose lists the actor may see; undefined for all of them. */
function onlyOperator(ctx: Context): string | undefined {
  const actor = ctx.actor
  return actor.kind === 'person' && actor.organizationKind === 'operator'
    ? actorOrganization(actor)
    : undefined
}

/** Lists in every state, newest first; an operator sees its own. */
export async function listPriceLists(ctx: Context): Promise<PriceListView[]> {
  requirePermission(ctx, 'price_list:read')
  const operatorId = onlyOperator(ctx)
  const rows = await ctx.db
    .selectFrom('billing.price_list')
    .select([
      'id',
      'number',
      'title',
      'kind',
      'operator_id',
      'document_id',
      'status',
      'effective_from',
      'effective_to',
      'is_sample',
      'made_by',
      'made_at',
      'approved_by',
      'approved_at',
      'return_reason',
      'content',
    ])
    .$if(operatorId !== undefined, (q) => q.where('operator_id', '=', operatorId ?? ''))
    .orderBy('id', 'desc')
    .execute()
  const items = await ctx.db
    .selectFrom('billing.price_item')
    .select(['id', 'price_list_id', 'product_id', 'code'])
    .where(sql<boolean>`known @> ${ctx.clock.now()}::timestamptz`)
    .orderBy('product_id')
    .orderBy('code')
    .execute()
  return rows.map((row) => ({
    priceListId: row.id as Id<'plist'>,
    number: row.number,
    title: row.title,
    kind: row.kind,
    operatorId: row.operator_id as Id<'org'>,
    documentId: row.document_id as Id<'policy'>,
    status: row.status,
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    isSample: row.is_sample,
    madeBy: row.made_by,
    madeAt: row.made_at,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    returnReason: row.return_reason,
    items: parsePriceListContent(row.content),
    priceItems: items
      .filter((item) => item.price_list_id === row.id)
      .map((item) => ({
        priceItemId: item.id as Id<'pitem'>,
        productId: item.product_id as Id<'product'>,
        code: item.code,
      })),
  }))
}

/** Proposals in every state, newest first; an operator sees its own. */
export async function listPostedPriceProposals(ctx: Context): Promise<PostedPriceProposalView[]> {
  requirePermission(ctx, 'price_list:read')
  const operatorId = onlyOperator(ctx)
  const rows = await ctx.db
    .selectFrom('billing.posted_price_proposal as p')
    .innerJoin('billing.price_item as i', 'i.id', 'p.price_item_id')
    .innerJoin('billing.price_list as l', 'l.id', 'i.price_list_id')
    .select([
      'p.id',
      'p.price_item_id',
      'i.name',
      'p.form',
      'p.reason',
      'p.effective_from',
      'p.status',
      'p.proposed_by',
      'p.proposed_at',
      'p.decided_by',
      'p.decided_at',
      'p.decision_reason',
    ])
    .$if(operatorId !== undefined, (q) => q.where('l.operator_id', '=', operatorId ?? ''))
    .orderBy('p.id', 'desc')
    .execute()
  return rows.map((row) => ({
    proposalId: row.id as Id<'proposal'>,
    priceItemId: row.price_item_id as Id<'pitem'>,
    itemName: row.name,
    form: parseChargingForm(row.form),
    reason: row.reason,
    effectiveFrom: row.effective_from,
    status: row.status,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
  }))
}
