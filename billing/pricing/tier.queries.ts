import type { Database } from '#kernel/database.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import type { StoredTier } from './stored-tiers.ts'

/** The ceilings of items, by item, in their order. */
export async function listCapTiers(
  db: Database,
  priceItemIds: readonly string[],
): Promise<Map<string, StoredTier[]>> {
  if (priceItemIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('billing.price_item_tier')
    .select([
      'price_item_id as owner',
      'position',
      'from_quantity',
      'to_quantity',
      'cap_unit_price_yuan as price',
    ])
    .where('price_item_id', 'in', priceItemIds)
    .orderBy('price_item_id')
    .orderBy('position')
    .execute()
  return groupTiers(rows)
}

/** The unit prices of posted prices, by price, in their order. */
export async function listPostedTiers(
  db: Database,
  postedPriceIds: readonly string[],
): Promise<Map<string, StoredTier[]>> {
  if (postedPriceIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('billing.posted_price_tier')
    .select([
      'posted_price_id as owner',
      'position',
      'from_quantity',
      'to_quantity',
      'unit_price_yuan as price',
    ])
    .where('posted_price_id', 'in', postedPriceIds)
    .orderBy('posted_price_id')
    .orderBy('position')
    .execute()
  return groupTiers(rows)
}

type TierRow = Readonly<{
  owner: string
  position: number
  from_quantity: string
  to_quantity: string | null
  price: string
}>

function groupTiers(rows: readonly TierRow[]): Map<string, StoredTier[]> {
  const tiers = rows.map((row) => ({
    owner: row.owner,
    position: row.position,
    fromQuantity: parseDecimal(row.from_quantity),
    toQuantity: row.to_quantity === null ? null : parseDecimal(row.to_quantity),
    unitPriceYuan: parseDecimal(row.price),
  }))
  return Map.groupBy(tiers, (tier) => tier.owner)
}
