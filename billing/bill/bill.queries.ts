import { sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { formatDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import type { Day, Month } from '#kernel/period.ts'
import type { BillStatus } from './bill-lifecycle.ts'
import type { ComposedBill, TaxedLine } from './compose-bill.ts'

export type BillKey = Readonly<{ operatorId: Id<'org'>; buyerId: Id<'org'>; month: Month }>

export type BillStanding = Readonly<{
  billId: Id<'bill'>
  operatorId: Id<'org'>
  buyerId: Id<'org'>
  month: Month
  grossFen: Money
  settledFen: Money
  status: BillStatus
  number: string | null
  issuedAt: Date | null
  objectionUntil: Date | null
  dueOn: Day | null
}>

const standingColumns = [
  'bill_id',
  'operator_id',
  'buyer_id',
  'month',
  'gross_fen',
  'settled_fen',
  'status',
  'number',
  'issued_at',
  'objection_until',
  'due_on',
] as const

type StandingRow = Readonly<{
  bill_id: string
  operator_id: string
  buyer_id: string
  month: string
  gross_fen: bigint
  settled_fen: bigint
  status: BillStatus
  number: string | null
  issued_at: Date | null
  objection_until: Date | null
  due_on: string | null
}>

function standingFromRow(row: StandingRow): BillStanding {
  return {
    billId: row.bill_id as Id<'bill'>,
    operatorId: row.operator_id as Id<'org'>,
    buyerId: row.buyer_id as Id<'org'>,
    month: row.month as Month,
    grossFen: moneyFromFen(row.gross_fen),
    settledFen: moneyFromFen(row.settled_fen),
    status: row.status,
    number: row.number,
    issuedAt: row.issued_at,
    objectionUntil: row.objection_until,
    dueOn: row.due_on as Day | null,
  }
}

/** The bill of a buyer and month that counts: never a discarded one. */
export async function findStanding(db: Database, key: BillKey): Promise<BillStanding | undefined> {
  const row = await db
    .selectFrom('billing.bill_standing')
    .select(standingColumns)
    .where('operator_id', '=', key.operatorId)
    .where('buyer_id', '=', key.buyerId)
    .where('month', '=', key.month)
    .where('status', '<>', 'discarded')
    .executeTakeFirst()
  return row && standingFromRow(row)
}

/** Locks the standing of a bill; its content never changes and needs no lock. */
export async function lockStanding(tx: Tx, billId: string): Promise<BillStanding | undefined> {
  const row = await tx
    .selectFrom('billing.bill_standing')
    .select(standingColumns)
    .where('bill_id', '=', billId)
    .forUpdate()
    .executeTakeFirst()
  return row && standingFromRow(row)
}

/** The bills of a buyer before a month, oldest first, with the batch their usage reached. */
export async function listEarlierBills(
  db: Database,
  key: BillKey,
): Promise<Readonly<{ month: Month; status: BillStatus; usageThroughBatch: bigint }>[]> {
  const rows = await db
    .selectFrom('billing.bill_standing as s')
    .innerJoin('billing.bill as b', 'b.id', 's.bill_id')
    .select(['s.month', 's.status', 'b.usage_through_batch'])
    .where('s.operator_id', '=', key.operatorId)
    .where('s.buyer_id', '=', key.buyerId)
    .where('s.month', '<', key.month)
    .where('s.status', '<>', 'discarded')
    .orderBy('s.month')
    .execute()
  return rows.map((row) => ({
    month: row.month as Month,
    status: row.status,
    usageThroughBatch: row.usage_through_batch,
  }))
}

export async function nextBillVersion(tx: Tx, key: BillKey): Promise<number> {
  const row = await tx
    .selectFrom('billing.bill')
    .select((eb) => eb.fn.max('version').as('version'))
    .where('operator_id', '=', key.operatorId)
    .where('buyer_id', '=', key.buyerId)
    .where('month', '=', key.month)
    .executeTakeFirst()
  return (row?.version ?? 0) + 1
}

export async function insertBill(
  tx: Tx,
  input: Readonly<{
    billId: Id<'bill'>
    key: BillKey
    version: number
    bill: ComposedBill
    usageThroughBatch: bigint
    composedAt: Date
    composedBy: string
    content: string
    contentDigest: string
    lines: readonly Readonly<{ lineId: Id<'line'>; line: TaxedLine }>[]
  }>,
): Promise<void> {
  const { billId, key, bill } = input
  await tx
    .insertInto('billing.bill')
    .values({
      id: billId,
      buyer_id: key.buyerId,
      operator_id: key.operatorId,
      month: key.month,
      version: input.version,
      gross_fen: bill.grossFen,
      net_fen: bill.netFen,
      tax_fen: bill.taxFen,
      usage_through_batch: input.usageThroughBatch,
      composed_at: input.composedAt,
      composed_by: input.composedBy,
      content: input.content,
      content_digest: input.contentDigest,
    })
    .execute()
  for (const { lineId, line } of input.lines)
    await insertLine(tx, { billId, lineId, line, ratedAt: input.composedAt })
  await tx
    .insertInto('billing.bill_standing')
    .values({
      bill_id: billId,
      operator_id: key.operatorId,
      buyer_id: key.buyerId,
      month: key.month,
      gross_fen: bill.grossFen,
      status: 'draft',
    })
    .execute()
}

async function insertLine(
  tx: Tx,
  input: Readonly<{ billId: string; lineId: Id<'line'>; line: TaxedLine; ratedAt: Date }>,
): Promise<void> {
  const { line, lineId } = input
  await tx
    .insertInto('billing.bill_line')
    .values({
      id: lineId,
      bill_id: input.billId,
      position: line.position,
      kind: line.kind,
      subscription_id: line.subscriptionId,
      product_id: line.productId,
      scenario_id: line.scenarioId,
      purpose_class: line.purposeClass,
      usage_month: line.usageMonth,
      posted_price_id: line.postedPriceId,
      price_item_id: line.priceItemId,
      unit: line.unit,
      quantity: formatDecimal(line.quantity),
      quantity_before: formatDecimal(line.quantityBefore),
      calls: line.calls,
      billed_calls: line.billedCalls,
      free_calls: JSON.stringify(countsAsText(line.freeCalls)),
      unrounded_yuan: formatDecimal(line.unroundedYuan),
      cap_amount_yuan: formatDecimal(line.capAmountYuan),
      amount_fen: line.amountFen,
      tax_rate: formatDecimal(line.taxRate),
      net_fen: line.netFen,
      tax_fen: line.taxFen,
      service_from: line.serviceFrom,
      service_to: line.serviceTo,
      rated_at: input.ratedAt,
      corrects_line_id: line.corrects?.lineId ?? null,
      corrects_event_id: line.corrects?.eventId ?? null,
    })
    .execute()
  if (line.tiers.length === 0) return
  await tx
    .insertInto('billing.bill_line_tier')
    .values(
      line.tiers.map((tier) => ({
        bill_line_id: lineId,
        position: tier.position,
        posted_price_id: tier.postedPriceId,
        quantity: formatDecimal(tier.quantity),
        unit_price_yuan: formatDecimal(tier.unitPriceYuan),
        cap_unit_price_yuan: formatDecimal(tier.capUnitPriceYuan),
        amount_yuan: formatDecimal(tier.amountYuan),
      })),
    )
    .execute()
}

function countsAsText(counts: Readonly<Record<string, bigint>>): Record<string, string> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, count.toString()]))
}

type StandingChange = Readonly<{
  status: BillStatus
  number?: string
  operator_confirmed_by?: string
  operator_confirmed_at?: Date
  issued_by?: string
  issued_at?: Date
  objection_until?: Date
  confirmed_by?: string
  confirmed_at?: Date
  due_on?: string
  settled_fen?: Money
}>

export async function saveStanding(tx: Tx, billId: string, change: StandingChange): Promise<void> {
  await tx.updateTable('billing.bill_standing').set(change).where('bill_id', '=', billId).execute()
}

/** Net and gross of a bill by tax rate: what a part payment is split by. */
export async function sumLinesByTaxRate(
  db: Database,
  billId: string,
): Promise<Readonly<{ taxRate: string; grossFen: Money }>[]> {
  const rows = await db
    .selectFrom('billing.bill_line')
    .select(['tax_rate', sql<string>`sum(amount_fen)`.as('gross')])
    .where('bill_id', '=', billId)
    .groupBy('tax_rate')
    .orderBy('tax_rate')
    .execute()
  return rows.map((row) => ({
    taxRate: row.tax_rate,
    grossFen: moneyFromFen(BigInt(row.gross)),
  }))
}

export async function getBillAmounts(
  db: Database,
  billId: string,
): Promise<Readonly<{ netFen: Money; taxFen: Money }>> {
  const row = await db
    .selectFrom('billing.bill')
    .select(['net_fen', 'tax_fen'])
    .where('id', '=', billId)
    .executeTakeFirstOrThrow()
  return { netFen: moneyFromFen(row.net_fen), taxFen: moneyFromFen(row.tax_fen) }
}
