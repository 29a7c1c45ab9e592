import type { Database, TimeRange } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { ChargingForm, ChargingUnit } from './charging-form.ts'
import { earlier, laterOf } from './place-in-time.ts'
import type { BillableRule } from './price-list.ts'
import { listPriceItems } from './price-item.queries.ts'
import { listPostedPrices } from './posted-price.queries.ts'

/** A posted price with its ceiling, as it holds for a time. */
export type PriceInForce = Readonly<{
  postedPriceId: Id<'posted'>
  number: string
  priceItemId: Id<'pitem'>
  productId: Id<'product'>
  code: string
  name: string
  nameEn: string
  unit: ChargingUnit
  /** The actual price (实际标准), tax included. */
  form: ChargingForm
  /** The ceiling (试行标准 or 上限标准) it was checked against. */
  cap: ChargingForm
  billableRule: BillableRule
  repeatWindowHours: number
  effective: TimeRange
}>

type OfItem = Readonly<{ productId: Id<'product'>; code: string }>

/** The posted price of an item in force `at`, as known at `knownAt`. */
export async function priceAt(
  db: Database,
  input: OfItem & Readonly<{ at: Date; knownAt: Date }>,
): Promise<PriceInForce | undefined> {
  const to = new Date(input.at.getTime() + 1)
  const [price] = await pricesBetween(db, { ...input, from: input.at, to })
  return price
}

/** Every posted price of an item that holds at some time of [from, to), in order of time. */
export async function pricesBetween(
  db: Database,
  input: OfItem & Readonly<{ from: Date; to: Date; knownAt: Date }>,
): Promise<PriceInForce[]> {
  const { productId, code, knownAt } = input
  const posted = await listPostedPrices(db, {
    productId,
    code,
    knownAt,
    between: { from: input.from, to: input.to },
  })
  if (posted.length === 0) return []
  const items = await listPriceItems(db, { productId, code, knownAt })
  return posted.flatMap((price) => {
    const item = items.find((candidate) => candidate.priceItemId === price.priceItemId)
    if (item === undefined) return []
    return [
      {
        postedPriceId: price.postedPriceId,
        number: price.number,
        priceItemId: item.priceItemId,
        productId,
        code,
        name: item.name,
        nameEn: item.nameEn,
        unit: item.unit,
        form: price.form,
        cap: item.cap,
        billableRule: item.billableRule,
        repeatWindowHours: item.repeatWindowHours,
        effective: {
          from: laterOf(price.effective.from, item.effective.from),
          to: earlier(price.effective.to, item.effective.to),
        },
      },
    ]
  })
}

/**
 * What listing asks (R54): may the product charge at all, that is, is it made for a scenario of industry
 * or does it stand on a price list; and has every item of it a posted price `at`?
 */
export async function pricingState(
  db: Database,
  input: Readonly<{ productId: Id<'product'>; at: Date }>,
): Promise<Readonly<{ chargeable: boolean; posted: boolean }>> {
  const { productId, at } = input
  const known = await listPriceItems(db, { productId, knownAt: at, holdingFrom: at })
  const items = known.filter((item) => item.effective.from <= at)
  const industry = await db
    .selectFrom('governance.product_version_scenario as s')
    .innerJoin('governance.product_version as v', 'v.id', 's.product_version_id')
    .innerJoin('governance.scenario as c', 'c.id', 's.scenario_id')
    .select('c.id')
    .where('v.product_id', '=', productId)
    .where('v.status', 'not in', ['delisted', 'cancelled'])
    .where('c.purpose_class', '=', 'industry')
    .limit(1)
    .executeTakeFirst()
  const posted = await Promise.all(
    items.map((item) => priceAt(db, { productId, code: item.code, at, knownAt: at })),
  )
  return {
    chargeable: items.length > 0 || industry !== undefined,
    posted: posted.length > 0 && posted.every((price) => price !== undefined),
  }
}
