import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownBuyer, ownOperator } from '#billing/own.ts'
import { mayTouch } from './change-subscription-status.ts'
import type { SubscriptionView } from './subscription.ts'
import { subscriptionFromRow } from './subscription.queries.ts'

type Filter = Readonly<{ subscriptionId?: string; buyerId?: string; operatorId?: string }>

/** A buyer sees its own, the operator its own, the bureaus all; newest first. */
export async function listSubscriptions(
  ctx: Context,
  input: Readonly<{ buyerId?: Id<'org'> }> = {},
): Promise<SubscriptionView[]> {
  requirePermission(ctx, 'subscription:read')
  const buyerId = ownBuyer(ctx) ?? input.buyerId
  const operatorId = ownOperator(ctx)
  return findViews(ctx.db, {
    ...(buyerId === undefined ? {} : { buyerId }),
    ...(operatorId === undefined ? {} : { operatorId }),
  })
}

/** NOT_FOUND where it is another organization's. */
export async function getSubscription(
  ctx: Context,
  input: Readonly<{ subscriptionId: Id<'sub'> }>,
): Promise<SubscriptionView> {
  requirePermission(ctx, 'subscription:read')
  const [view] = await findViews(ctx.db, { subscriptionId: input.subscriptionId })
  if (view === undefined || !mayTouch(ctx, view)) throw new DomainError('NOT_FOUND')
  return view
}

async function findViews(db: Database, filter: Filter): Promise<SubscriptionView[]> {
  const rows = await db
    .selectFrom('billing.subscription as s')
    .innerJoin('governance.organization as b', 'b.id', 's.buyer_id')
    .innerJoin('governance.product as p', 'p.id', 's.product_id')
    .innerJoin('governance.scenario as c', 'c.id', 's.scenario_id')
    .select([
      's.id',
      's.number',
      's.buyer_id',
      's.operator_id',
      's.product_id',
      's.scenario_id',
      's.purpose_class',
      's.use_application_id',
      's.development_agreement_id',
      's.price_item_code',
      's.terms',
      's.starts_at',
      's.ends_at',
      's.status',
      's.status_changed_at',
      's.opened_at',
      'b.name as buyer_name',
      'p.code as product_code',
      'p.name as product_name',
      'p.name_en as product_name_en',
      'c.code as scenario_code',
      'c.name as scenario_name',
      'c.name_en as scenario_name_en',
    ])
    .$if(filter.subscriptionId !== undefined, (q) =>
      q.where('s.id', '=', filter.subscriptionId ?? ''),
    )
    .$if(filter.buyerId !== undefined, (q) => q.where('s.buyer_id', '=', filter.buyerId ?? ''))
    .$if(filter.operatorId !== undefined, (q) =>
      q.where('s.operator_id', '=', filter.operatorId ?? ''),
    )
    .orderBy('s.id', 'desc')
    .execute()
  return rows.map((row) => ({
    ...subscriptionFromRow(row),
    buyerName: row.buyer_name,
    productCode: row.product_code,
    productName: row.product_name,
    productNameEn: row.product_name_en,
    scenarioCode: row.scenario_code,
    scenarioName: row.scenario_name,
    scenarioNameEn: row.scenario_name_en,
  }))
}
