import type { Database } from '#kernel/database.ts'
import { Decimal } from '#kernel/decimal.ts'

/** A posted price as a single call can show it. */
export type PriceOfCall = Readonly<{
  number: string
  form: string
  unit: string
  /** Null where one call has no price of its own: tiers and packages are rated by the month. */
  unitPriceYuan: string | null
}>

const pricedByUnit: readonly string[] = ['per_call', 'per_record', 'per_megabyte', 'per_piece']

/** The posted prices that these calls name; an unknown one is left out. */
export async function listPricesOfCalls(
  db: Database,
  postedPriceIds: readonly string[],
): Promise<ReadonlyMap<string, PriceOfCall>> {
  if (postedPriceIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('billing.posted_price as p')
    .innerJoin('billing.price_item as i', 'i.id', 'p.price_item_id')
    .innerJoin('billing.posted_price_tier as t', 't.posted_price_id', 'p.id')
    .select(['p.id', 'p.number', 'i.form', 'i.unit', 't.unit_price_yuan'])
    .where('p.id', 'in', postedPriceIds)
    .execute()
  return new Map(
    [...Map.groupBy(rows, (row) => row.id)].flatMap(([id, tiers]) => {
      const [first] = tiers
      if (first === undefined) return []
      const isByUnit = tiers.length === 1 && pricedByUnit.includes(first.form)
      const unitPriceYuan = isByUnit ? new Decimal(first.unit_price_yuan).toFixed() : null
      return [[id, { number: first.number, form: first.form, unit: first.unit, unitPriceYuan }]]
    }),
  )
}
