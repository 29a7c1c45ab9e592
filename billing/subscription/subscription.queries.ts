import { sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Subscription, type SubscriptionStatus, subscriptionTerms } from './subscription.ts'

const columns = [
  'id',
  'number',
  'buyer_id',
  'operator_id',
  'product_id',
  'scenario_id',
  'purpose_class',
  'use_application_id',
  'development_agreement_id',
  'price_item_code',
  'terms',
  'starts_at',
  'ends_at',
  'status',
  'status_changed_at',
  'opened_at',
] as const

export type SubscriptionRow = Readonly<{
  id: string
  number: string
  buyer_id: string
  operator_id: string
  product_id: string
  scenario_id: string
  purpose_class: 'public_interest' | 'industry'
  use_application_id: string
  development_agreement_id: string
  price_item_code: string | null
  terms: unknown
  starts_at: Date
  ends_at: Date
  status: SubscriptionStatus
  status_changed_at: Date
  opened_at: Date
}>

export function subscriptionFromRow(row: SubscriptionRow): Subscription {
  const terms = subscriptionTerms.safeParse(row.terms)
  invariant(terms.success, 'stored terms are of their shape')
  return {
    subscriptionId: row.id as Id<'sub'>,
    number: row.number,
    buyerId: row.buyer_id as Id<'org'>,
    operatorId: row.operator_id as Id<'org'>,
    productId: row.product_id as Id<'product'>,
    scenarioId: row.scenario_id as Id<'scenario'>,
    purposeClass: row.purpose_class,
    useApplicationId: row.use_application_id as Id<'application'>,
    developmentAgreementId: row.development_agreement_id as Id<'devagr'>,
    priceItemCode: row.price_item_code,
    terms: terms.data,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    status: row.status,
    statusChangedAt: row.status_changed_at,
    openedAt: row.opened_at,
  }
}

export async function lockSubscription(
  tx: Tx,
  subscriptionId: string,
): Promise<Subscription | undefined> {
  const row = await tx
    .selectFrom('billing.subscription')
    .select(columns)
    .where('id', '=', subscriptionId)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? undefined : subscriptionFromRow(row)
}

export async function saveSubscriptionStatus(
  tx: Tx,
  input: Readonly<{ subscriptionId: string; status: SubscriptionStatus; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('billing.subscription')
    .set({ status: input.status, status_changed_at: input.at })
    .where('id', '=', input.subscriptionId)
    .execute()
}

/** A buyer's subscriptions with an operator that began before a time, by number. */
export async function listSubscriptionsOf(
  db: Database,
  input: Readonly<{ buyerId: string; operatorId?: string; startedBefore: Date }>,
): Promise<Subscription[]> {
  const rows = await db
    .selectFrom('billing.subscription')
    .select(columns)
    .where('buyer_id', '=', input.buyerId)
    .where('starts_at', '<', input.startedBefore)
    .$if(input.operatorId !== undefined, (q) => q.where('operator_id', '=', input.operatorId ?? ''))
    .orderBy('number')
    .execute()
  return rows.map(subscriptionFromRow)
}

/** Buyers who had a subscription with the operator at some time of [from, to). */
export async function listBuyersToBill(
  db: Database,
  input: Readonly<{ operatorId: string; from: Date; to: Date }>,
): Promise<Id<'org'>[]> {
  const rows = await db
    .selectFrom('billing.subscription')
    .select('buyer_id')
    .distinct()
    .where('operator_id', '=', input.operatorId)
    .where('starts_at', '<', input.to)
    .where(
      sql<boolean>`least(ends_at, case when status = 'ended' then status_changed_at end) > ${input.from}`,
    )
    .orderBy('buyer_id')
    .execute()
  return rows.map((row) => row.buyer_id as Id<'org'>)
}

/** When a subscription stopped or will stop to give a right. */
export function rightEndsAt(subscription: Subscription): Date {
  const { status, statusChangedAt, endsAt } = subscription
  return status === 'ended' && statusChangedAt < endsAt ? statusChangedAt : endsAt
}
