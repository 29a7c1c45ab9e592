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
import { type ChargingForm, type ChargingUnit, chargingUnitOf } from './charging-form.ts'
import type { BillableRule, PriceItemDraft, PriceListKind } from './price-list.ts'
import { formOf, type StoredTier, tiersOf } from './stored-tiers.ts'
import { listCapTiers } from './tier.queries.ts'

/** A price item as it stands in the tables: the ceiling and what goes with it. */
export type PriceItem = Readonly<{
  priceItemId: Id<'pitem'>
  priceListId: Id<'plist'>
  listKind: PriceListKind
  operatorId: Id<'org'>
  productId: Id<'product'>
  code: string
  name: string
  nameEn: string
  content: string
  cap: ChargingForm
  unit: ChargingUnit
  billableRule: BillableRule
  repeatWindowHours: number
  reductionPolicy: string
  setBy: string
  capFactors: unknown
  forecastQuantity: string | null
  reportedOn: string | null
  reportNumber: string | null
  effective: TimeRange
}>

export async function insertPriceItem(
  tx: Tx,
  item: Readonly<{
    priceItemId: Id<'pitem'>
    priceListId: Id<'plist'>
    listKind: PriceListKind
    draft: PriceItemDraft
    effective: TimeRange
    knownFrom: Date
  }>,
): Promise<void> {
  const { draft } = item
  const form = draft.form
  await tx
    .insertInto('billing.price_item')
    .values({
      id: item.priceItemId,
      price_list_id: item.priceListId,
      list_kind: item.listKind,
      product_id: draft.productId,
      code: draft.code,
      name: draft.name,
      name_en: draft.nameEn,
      content: draft.content,
      purpose_class: 'industry',
      form: form.kind,
      unit: chargingUnitOf(form),
      billable_rule: draft.billableRule,
      repeat_window_hours: draft.repeatWindowHours,
      tax_inclusive: true,
      included_quantity: form.kind === 'package' ? form.calls.toString() : null,
      valid_days: form.kind === 'package' ? form.validDays : null,
      reduction_policy: draft.reductionPolicy,
      set_by: draft.setBy,
      cap_factors: draft.capFactors === null ? null : JSON.stringify(draft.capFactors),
      forecast_quantity:
        draft.forecastQuantity === null ? null : formatDecimal(draft.forecastQuantity),
      reported_on: draft.reportedOn,
      report_number: draft.reportNumber,
      effective: formatRange(item.effective),
      known: formatRange({ from: item.knownFrom, to: null }),
    })
    .execute()
  await tx
    .insertInto('billing.price_item_tier')
    .values(
      tiersOf(form).map((tier) => ({
        price_item_id: item.priceItemId,
        position: tier.position,
        from_quantity: formatDecimal(tier.fromQuantity),
        to_quantity: tier.toQuantity === null ? null : formatDecimal(tier.toQuantity),
        cap_unit_price_yuan: formatDecimal(tier.unitPriceYuan),
      })),
    )
    .execute()
}

type ItemFilter = Readonly<{
  priceItemId?: string
  productId?: string
  code?: string
  knownAt: Date
  /** Only items that hold at some time from here on. */
  holdingFrom?: Date
}>

/** Items as known at a time, with their ceilings, by product, code and time. */
export async function listPriceItems(db: Database, filter: ItemFilter): Promise<PriceItem[]> {
  const rows = await itemRows(db, filter)
  const tiers = await listCapTiers(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => itemFromRow(row, tiers.get(row.id) ?? []))
}

function itemRows(db: Database, filter: ItemFilter) {
  return db
    .selectFrom('billing.price_item as i')
    .innerJoin('billing.price_list as l', 'l.id', 'i.price_list_id')
    .select([
      'i.id',
      'i.price_list_id',
      'l.kind',
      'l.operator_id',
      'i.product_id',
      'i.code',
      'i.name',
      'i.name_en',
      'i.content',
      'i.form',
      'i.unit',
      'i.included_quantity',
      'i.valid_days',
      'i.billable_rule',
      'i.repeat_window_hours',
      'i.reduction_policy',
      'i.set_by',
      'i.cap_factors',
      'i.forecast_quantity',
      'i.reported_on',
      'i.report_number',
      'i.effective',
    ])
    .where(sql<boolean>`i.known @> ${filter.knownAt}::timestamptz`)
    .$if(filter.priceItemId !== undefined, (q) => q.where('i.id', '=', filter.priceItemId ?? ''))
    .$if(filter.productId !== undefined, (q) =>
      q.where('i.product_id', '=', filter.productId ?? ''),
    )
    .$if(filter.code !== undefined, (q) => q.where('i.code', '=', filter.code ?? ''))
    .$if(filter.holdingFrom !== undefined, (q) =>
      q.where(
        sql<boolean>`i.effective && tstzrange(${filter.holdingFrom ?? filter.knownAt}::timestamptz, null)`,
      ),
    )
    .orderBy('i.product_id')
    .orderBy('i.code')
    .orderBy(sql`lower(i.effective)`)
    .execute()
}

function itemFromRow(
  row: Awaited<ReturnType<typeof itemRows>>[number],
  tiers: readonly StoredTier[],
): PriceItem {
  const cap = formOf(
    {
      form: row.form,
      unit: row.unit,
      includedQuantity: row.included_quantity,
      validDays: row.valid_days,
    },
    tiers,
  )
  return {
    priceItemId: row.id as Id<'pitem'>,
    priceListId: row.price_list_id as Id<'plist'>,
    listKind: row.kind,
    operatorId: row.operator_id as Id<'org'>,
    productId: row.product_id as Id<'product'>,
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    content: row.content,
    cap,
    unit: chargingUnitOf(cap),
    billableRule: row.billable_rule,
    repeatWindowHours: row.repeat_window_hours,
    reductionPolicy: row.reduction_policy,
    setBy: row.set_by,
    capFactors: row.cap_factors,
    forecastQuantity: row.forecast_quantity,
    reportedOn: row.reported_on,
    reportNumber: row.report_number,
    effective: parseRange(row.effective),
  }
}

/** Stops others from posting or replacing prices of this item until the transaction ends. */
export async function lockPriceItem(tx: Tx, priceItemId: string): Promise<void> {
  await tx
    .selectFrom('billing.price_item')
    .select('id')
    .where('id', '=', priceItemId)
    .forUpdate()
    .executeTakeFirst()
}
