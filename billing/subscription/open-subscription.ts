import { type ApprovedUse, getApprovedUse } from '#governance/index.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { addDays, monthOf, startOfDay, yearOfMonth } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { laterOf } from '#billing/pricing/place-in-time.ts'
import { type PriceInForce, priceAt } from '#billing/pricing/prices-in-force.ts'
import { listPriceItems } from '#billing/pricing/price-item.queries.ts'
import type { SubscriptionTerms } from './subscription.ts'

export type OpenSubscription = Readonly<{
  useApplicationId: Id<'application'>
  /** Which price item of the product; needed only where the product has several that charge. */
  priceItemCode?: string
}>
export type OpenSubscriptionResult = Readonly<{
  kind: 'opened' | 'already_opened'
  subscriptionId: Id<'sub'>
  number: string
}>

/**
 * Opens the right an approved use application gives: one product, one scenario, the terms as granted. A
 * scenario of public interest is free, always (R50): it names no price item. One of industry needs a
 * price posted for its item when it begins (R54: NO_POSTED_PRICE). Refused too: an application not
 * approved or a buyer not active (by governance), a product not listed (PRODUCT_NOT_LISTED), a second
 * open subscription for the same product and scenario (CONFLICT).
 */
export async function openSubscription(
  ctx: Context,
  input: OpenSubscription,
): Promise<OpenSubscriptionResult> {
  requirePermission(ctx, 'subscription:open')
  const now = ctx.clock.now()
  try {
    return await inTransaction(ctx.db, async (tx) => {
      const use = await getApprovedUse(tx, { useApplicationId: input.useApplicationId, at: now })
      refuseOthers(ctx, use)
      const existing = await findByApplication(tx, use.useApplicationId)
      if (existing !== undefined) return { kind: 'already_opened', ...existing }
      await requireListed(tx, use.productId)
      const startsAt = laterOf(startOfDay(use.terms.startsOn), now)
      const priceItemCode = await priceItemFor(tx, use, { input, startsAt, now })
      return open(tx, ctx, { use, priceItemCode, startsAt })
    })
  } catch (error) {
    if (violatedConstraint(error) === 'subscription_application_once') {
      const existing = await findByApplication(ctx.db, input.useApplicationId)
      invariant(existing !== undefined, 'the subscription that was first is there')
      return { kind: 'already_opened', ...existing }
    }
    if (violatedConstraint(error) === 'subscription_one_open') throw new DomainError('CONFLICT')
    throw error
  }
}

function refuseOthers(ctx: Context, use: ApprovedUse): void {
  const own = actorOrganization(ctx.actor)
  if (own !== use.buyerId && own !== use.operatorId) throw new DomainError('NOT_FOUND')
}

async function findByApplication(
  db: Context['db'],
  useApplicationId: string,
): Promise<Readonly<{ subscriptionId: Id<'sub'>; number: string }> | undefined> {
  const row = await db
    .selectFrom('billing.subscription')
    .select(['id', 'number'])
    .where('use_application_id', '=', useApplicationId)
    .executeTakeFirst()
  return row && { subscriptionId: row.id as Id<'sub'>, number: row.number }
}

async function requireListed(tx: Tx, productId: string): Promise<void> {
  const row = await tx
    .selectFrom('governance.product_version')
    .select('id')
    .where('product_id', '=', productId)
    .where('status', '=', 'listed')
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('PRODUCT_NOT_LISTED')
}

/** The item an industry subscription is charged by; null for public interest, whatever was asked. */
async function priceItemFor(
  tx: Tx,
  use: ApprovedUse,
  at: Readonly<{ input: OpenSubscription; startsAt: Date; now: Date }>,
): Promise<string | null> {
  if (use.purposeClass === 'public_interest') return null
  const posted = await postedItems(tx, use.productId, at)
  const wanted = at.input.priceItemCode
  const candidates = posted.filter((price) =>
    wanted === undefined ? price.form.kind !== 'metered_not_charged' : price.code === wanted,
  )
  const [price, second] = candidates
  if (price === undefined) throw new DomainError('NO_POSTED_PRICE')
  if (second !== undefined) refuseValue('priceItemCode', 'several_items_charge')
  // A package is bought ahead and drawn from a balance, which prepaid accounts will bring.
  if (price.form.kind === 'package') throw new DomainError('CHARGING_FORM_NOT_OFFERED')
  return price.code
}

async function postedItems(
  tx: Tx,
  productId: Id<'product'>,
  at: Readonly<{ startsAt: Date; now: Date }>,
): Promise<PriceInForce[]> {
  const items = await listPriceItems(tx, { productId, knownAt: at.now, holdingFrom: at.startsAt })
  const prices: PriceInForce[] = []
  for (const code of new Set(items.map((item) => item.code))) {
    const price = await priceAt(tx, { productId, code, at: at.startsAt, knownAt: at.now })
    if (price !== undefined) prices.push(price)
  }
  return prices
}

async function open(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ use: ApprovedUse; priceItemCode: string | null; startsAt: Date }>,
): Promise<OpenSubscriptionResult> {
  const { use, startsAt } = input
  const now = ctx.clock.now()
  const terms: SubscriptionTerms = use.terms
  const endsAt = startOfDay(addDays(terms.endsOn, 1))
  if (endsAt <= startsAt) refuseValue('endsOn', 'already_over')
  const subscriptionId = newId('sub', ctx.clock)
  const number = await nextDocumentNumber(tx, { prefix: 'DG', year: yearOfMonth(monthOf(now)) })
  await tx
    .insertInto('billing.subscription')
    .values({
      id: subscriptionId,
      number,
      buyer_id: use.buyerId,
      operator_id: use.operatorId,
      product_id: use.productId,
      scenario_id: use.scenarioId,
      purpose_class: use.purposeClass,
      use_application_id: use.useApplicationId,
      development_agreement_id: use.developmentAgreementId,
      price_item_code: input.priceItemCode,
      terms: JSON.stringify(terms),
      starts_at: startsAt,
      ends_at: endsAt,
      status: 'active',
      status_changed_at: now,
      opened_by: actorId(ctx.actor),
      opened_at: now,
    })
    .execute()
  await audit(tx, ctx, {
    action: 'subscription:open',
    objectType: 'subscription',
    objectId: subscriptionId,
    detail: { number, useApplicationId: use.useApplicationId, priceItemCode: input.priceItemCode },
  })
  await announce(tx, ctx.clock, {
    kind: 'subscription.opened',
    jobId: `subscription-opened-${subscriptionId}`,
    payload: { subscriptionId, number, buyerId: use.buyerId, operatorId: use.operatorId },
  })
  return { kind: 'opened', subscriptionId, number }
}
