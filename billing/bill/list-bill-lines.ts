import type { Database } from '#kernel/database.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { moneyFromFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import type { BillLineTier, BillLineView } from './bill.ts'

/** The lines of a bill in their order, with names and tiers; or one line. */
export async function listBillLines(
  db: Database,
  filter: Readonly<{ billId: string }> | Readonly<{ lineId: string }>,
): Promise<BillLineView[]> {
  const rows = await lineRows(db, filter)
  const tiers = await tiersByLine(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => lineFromRow(row, tiers.get(row.id) ?? []))
}

type LineRow = Awaited<ReturnType<typeof lineRows>>[number]

function lineFromRow(row: LineRow, tiers: readonly BillLineTier[]): BillLineView {
  return {
    lineId: row.id as Id<'line'>,
    position: row.position,
    kind: row.kind,
    subscriptionId: row.subscription_id as Id<'sub'>,
    productId: row.product_id as Id<'product'>,
    scenarioId: row.scenario_id as Id<'scenario'>,
    purposeClass: row.purpose_class === 'industry' ? 'industry' : 'public_interest',
    usageMonth: row.usage_month as Month,
    postedPriceId: row.posted_price_id as Id<'posted'> | null,
    priceItemId: row.price_item_id as Id<'pitem'> | null,
    unit: row.unit,
    quantity: parseDecimal(row.quantity),
    quantityBefore: parseDecimal(row.quantity_before),
    calls: row.calls,
    billedCalls: row.billed_calls,
    freeCalls: countsFrom(row.free_calls),
    unroundedYuan: parseDecimal(row.unrounded_yuan),
    capAmountYuan: parseDecimal(row.cap_amount_yuan),
    amountFen: moneyFromFen(row.amount_fen),
    taxRate: parseDecimal(row.tax_rate),
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    serviceFrom: row.service_from,
    serviceTo: row.service_to,
    ratedAt: row.rated_at,
    correctsLineId: row.corrects_line_id as Id<'line'> | null,
    correctsEventId: row.corrects_event_id,
    tiers,
    productCode: row.product_code,
    productName: row.product_name,
    productNameEn: row.product_name_en,
    scenarioName: row.scenario_name,
    subscriptionNumber: row.subscription_number,
    postedPriceNumber: row.posted_number,
  }
}

function countsFrom(json: unknown): Record<string, bigint> {
  return Object.fromEntries(
    Object.entries(json ?? {}).map(([reason, count]) => [reason, BigInt(String(count))]),
  )
}

async function tiersByLine(
  db: Database,
  lineIds: readonly string[],
): Promise<Map<string, BillLineTier[]>> {
  if (lineIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('billing.bill_line_tier')
    .select([
      'bill_line_id',
      'position',
      'posted_price_id',
      'quantity',
      'unit_price_yuan',
      'cap_unit_price_yuan',
      'amount_yuan',
    ])
    .where('bill_line_id', 'in', lineIds)
    .orderBy('bill_line_id')
    .orderBy('position')
    .execute()
  const grouped = new Map<string, BillLineTier[]>()
  for (const row of rows) {
    const tiers = grouped.get(row.bill_line_id) ?? []
    tiers.push({
      position: row.position,
      postedPriceId: row.posted_price_id as Id<'posted'>,
      quantity: parseDecimal(row.quantity),
      unitPriceYuan: parseDecimal(row.unit_price_yuan),
      capUnitPriceYuan: parseDecimal(row.cap_unit_price_yuan),
      amountYuan: parseDecimal(row.amount_yuan),
    })
    grouped.set(row.bill_line_id, tiers)
  }
  return grouped
}

async function lineRows(
  db: Database,
  filter: Readonly<{ billId: string }> | Readonly<{ lineId: string }>,
) {
  return db
    .selectFrom('billing.bill_line as l')
    .innerJoin('governance.product as p', 'p.id', 'l.product_id')
    .innerJoin('governance.scenario as c', 'c.id', 'l.scenario_id')
    .innerJoin('billing.subscription as s', 's.id', 'l.subscription_id')
    .leftJoin('billing.posted_price as pp', 'pp.id', 'l.posted_price_id')
    .select([
      'l.id',
      'l.position',
      'l.kind',
      'l.subscription_id',
      'l.product_id',
      'l.scenario_id',
      'l.purpose_class',
      'l.usage_month',
      'l.posted_price_id',
      'l.price_item_id',
      'l.unit',
      'l.quantity',
      'l.quantity_before',
      'l.calls',
      'l.billed_calls',
      'l.free_calls',
      'l.unrounded_yuan',
      'l.cap_amount_yuan',
      'l.amount_fen',
      'l.tax_rate',
      'l.net_fen',
      'l.tax_fen',
      'l.service_from',
      'l.service_to',
      'l.rated_at',
      'l.corrects_line_id',
      'l.corrects_event_id',
      'p.code as product_code',
      'p.name as product_name',
      'p.name_en as product_name_en',
      'c.name as scenario_name',
      's.number as subscription_number',
      'pp.number as posted_number',
    ])
    .$if('billId' in filter, (q) =>
      q.where('l.bill_id', '=', 'billId' in filter ? filter.billId : ''),
    )
    .$if('lineId' in filter, (q) => q.where('l.id', '=', 'lineId' in filter ? filter.lineId : ''))
    .orderBy('l.bill_id')
    .orderBy('l.position')
    .execute()
}
