import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { TimeRange, Tx } from '#kernel/database.ts'
import { decimalOf } from '#kernel/stored-values.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import type { ChargingForm } from './charging-form.ts'
import { checkAgainstCap } from './check-against-cap.ts'
import { earlier, laterOf } from './place-in-time.ts'
import { insertPriceItem, lockPriceItem, type PriceItem } from './price-item.queries.ts'
import { insertPostedPrice, listPostedPrices, type PostedPrice } from './posted-price.queries.ts'
import { closeKnown } from './close-known.ts'

/**
 * Ends an item at `at`: from now on it is known to hold only until then, and so are its posted prices.
 * Returns those that were to hold beyond, for the next item to carry on if its ceiling lets it.
 */
export async function shortenPriceItem(
  tx: Tx,
  ctx: Context,
  item: PriceItem,
  at: Date,
): Promise<PostedPrice[]> {
  const now = ctx.clock.now()
  await lockPriceItem(tx, item.priceItemId)
  const posted = await listPostedPrices(tx, { priceItemId: item.priceItemId, knownAt: now })
  await closeKnown(tx, 'billing.posted_price', {
    ids: posted.map((price) => price.postedPriceId),
    at: now,
  })
  await closeKnown(tx, 'billing.price_item', { ids: [item.priceItemId], at: now })
  const priceItemId = newId('pitem', ctx.clock)
  await insertPriceItem(tx, {
    priceItemId,
    priceListId: item.priceListId,
    listKind: item.listKind,
    draft: draftOf(item),
    effective: { from: item.effective.from, to: at },
    knownFrom: now,
  })
  for (const price of posted.filter((price) => price.effective.from < at))
    await continuePostedPrice(tx, ctx, price, {
      priceItemId,
      cap: item.cap,
      effective: { from: price.effective.from, to: earlier(price.effective.to, at) },
    })
  return posted.filter((price) => price.effective.to === null || price.effective.to > at)
}

/** Posted prices go on under the next item where its ceiling allows; else they have ended (R48). */
export async function carryPostedPrices(
  tx: Tx,
  ctx: Context,
  input: Readonly<{
    priceItemId: Id<'pitem'>
    cap: ChargingForm
    effective: TimeRange
    posted: readonly PostedPrice[]
  }>,
): Promise<void> {
  for (const price of input.posted) {
    const verdict = checkAgainstCap(price.form, input.cap)
    if (verdict.kind === 'within')
      await continuePostedPrice(tx, ctx, price, {
        priceItemId: input.priceItemId,
        cap: input.cap,
        effective: {
          from: laterOf(price.effective.from, input.effective.from),
          to: earlier(price.effective.to, input.effective.to),
        },
      })
    else await announcePostedPriceEnded(tx, ctx, price, verdict.kind)
  }
}

async function continuePostedPrice(
  tx: Tx,
  ctx: Context,
  price: PostedPrice,
  onto: Readonly<{ priceItemId: Id<'pitem'>; cap: ChargingForm; effective: TimeRange }>,
): Promise<void> {
  await insertPostedPrice(tx, {
    ...onto,
    postedPriceId: newId('posted', ctx.clock),
    form: price.form,
    number: price.number,
    reason: price.reason,
    knownFrom: ctx.clock.now(),
    continuesId: price.postedPriceId,
    madeBy: price.madeBy,
    approvedBy: price.approvedBy,
    postedAt: price.postedAt,
  })
}

async function announcePostedPriceEnded(
  tx: Tx,
  ctx: Context,
  price: PostedPrice,
  verdict: string,
): Promise<void> {
  await audit(tx, ctx, {
    action: 'posted_price:ended_by_new_cap',
    objectType: 'posted_price',
    objectId: price.postedPriceId,
    detail: { verdict },
  })
  await announce(tx, ctx.clock, {
    kind: 'posted_price.ended',
    jobId: `posted-price-ended-${price.postedPriceId}`,
    payload: { postedPriceId: price.postedPriceId },
  })
}

function draftOf(item: PriceItem) {
  return {
    productId: item.productId,
    code: item.code,
    name: item.name,
    nameEn: item.nameEn,
    content: item.content,
    form: item.cap,
    billableRule: item.billableRule,
    repeatWindowHours: item.repeatWindowHours,
    reductionPolicy: item.reductionPolicy,
    setBy: item.setBy,
    capFactors: item.capFactors as Readonly<Record<string, string>> | null,
    forecastQuantity: item.forecastQuantity === null ? null : decimalOf(item.forecastQuantity),
    reportedOn: item.reportedOn,
    reportNumber: item.reportNumber,
  }
}
