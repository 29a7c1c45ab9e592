import { sql } from 'kysely'
import {
  type Database,
  formatRange,
  parseRange,
  type TimeRange,
  type Tx,
} from '#kernel/database.ts'
import { formatDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { ChargingForm } from './charging-form.ts'
import { formOf, type StoredTier, tiersOf } from './stored-tiers.ts'
import { listPostedTiers } from './tier.queries.ts'

export type PostedPrice = Readonly<{
  postedPriceId: Id<'posted'>
  priceItemId: Id<'pitem'>
  number: string
  reason: string
  form: ChargingForm
  effective: TimeRange
  known: TimeRange
  madeBy: string
  approvedBy: string
  postedAt: Date
}>

type PostedFilter = Readonly<{
  productId?: string
  code?: string
  postedPriceId?: string
  priceItemId?: string
  between?: TimeRange
  knownAt?: Date
}>

/**
 * Posted prices of an item (product and code) that hold at some time of [from, to) as known at a time;
 * without a time of knowledge every one there ever was. In order of time.
 */
export async function listPostedPrices(db: Database, filter: PostedFilter): Promise<PostedPrice[]> {
  const rows = await postedRows(db, filter)
  const tiers = await listPostedTiers(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => postedFromRow(row, tiers.get(row.id) ?? []))
}

function postedRows(db: Database, filter: PostedFilter) {
  return db
    .selectFrom('billing.posted_price as p')
    .innerJoin('billing.price_item as i', 'i.id', 'p.price_item_id')
    .select([
      'p.id',
      'p.price_item_id',
      'p.number',
      'p.reason',
      'p.effective',
      'p.known',
      'p.made_by',
      'p.approved_by',
      'p.posted_at',
      'i.form',
      'i.unit',
      'i.included_quantity',
      'i.valid_days',
    ])
    .$if(filter.productId !== undefined, (q) =>
      q.where('i.product_id', '=', filter.productId ?? ''),
    )
    .$if(filter.code !== undefined, (q) => q.where('i.code', '=', filter.code ?? ''))
    .$if(filter.postedPriceId !== undefined, (q) =>
      q.where('p.id', '=', filter.postedPriceId ?? ''),
    )
    .$if(filter.priceItemId !== undefined, (q) =>
      q.where('p.price_item_id', '=', filter.priceItemId ?? ''),
    )
    .$if(filter.between !== undefined, (q) =>
      q.where(
        sql<boolean>`p.effective && tstzrange(${filter.between?.from}::timestamptz, ${filter.between?.to ?? null}::timestamptz)`,
      ),
    )
    .$if(filter.knownAt !== undefined, (q) =>
      q.where(sql<boolean>`p.known @> ${filter.knownAt}::timestamptz`),
    )
    .orderBy(sql`lower(p.effective)`)
    .orderBy(sql`lower(p.known)`)
    .orderBy('p.id')
    .execute()
}

function postedFromRow(
  row: Awaited<ReturnType<typeof postedRows>>[number],
  tiers: readonly StoredTier[],
): PostedPrice {
  return {
    postedPriceId: row.id as Id<'posted'>,
    priceItemId: row.price_item_id as Id<'pitem'>,
    number: row.number,
    reason: row.reason,
    form: formOf(
      {
        form: row.form,
        unit: row.unit,
        includedQuantity: row.included_quantity,
        validDays: row.valid_days,
      },
      tiers,
    ),
    effective: parseRange(row.effective),
    known: parseRange(row.known),
    madeBy: row.made_by,
    approvedBy: row.approved_by,
    postedAt: row.posted_at,
  }
}

/** A posted price with its tiers, each beside the ceiling of the same tier of the item (R48). */
export async function insertPostedPrice(
  tx: Tx,
  price: Readonly<{
    postedPriceId: Id<'posted'>
    priceItemId: Id<'pitem'>
    cap: ChargingForm
    form: ChargingForm
    number: string
    reason: string
    effective: TimeRange
    knownFrom: Date
    continuesId: Id<'posted'> | null
    madeBy: string
    approvedBy: string
    postedAt: Date
  }>,
): Promise<void> {
  await tx
    .insertInto('billing.posted_price')
    .values({
      id: price.postedPriceId,
      price_item_id: price.priceItemId,
      number: price.number,
      reason: price.reason,
      effective: formatRange(price.effective),
      known: formatRange({ from: price.knownFrom, to: null }),
      continues_id: price.continuesId,
      made_by: price.madeBy,
      approved_by: price.approvedBy,
      posted_at: price.postedAt,
    })
    .execute()
  const caps = new Map(tiersOf(price.cap).map((tier) => [tier.position, tier.unitPriceYuan]))
  await tx
    .insertInto('billing.posted_price_tier')
    .values(
      tiersOf(price.form).map((tier) => ({
        posted_price_id: price.postedPriceId,
        price_item_id: price.priceItemId,
        position: tier.position,
        from_quantity: formatDecimal(tier.fromQuantity),
        to_quantity: tier.toQuantity === null ? null : formatDecimal(tier.toQuantity),
        unit_price_yuan: formatDecimal(tier.unitPriceYuan),
        cap_unit_price_yuan: formatDecimal(caps.get(tier.position) ?? tier.unitPriceYuan),
      })),
    )
    .execute()
}
