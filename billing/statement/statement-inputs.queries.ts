import { sql } from 'kysely'
import { z } from 'zod'
import type { Database, Tx } from '#kernel/database.ts'
import { parseDecimal, Decimal } from '#kernel/decimal.ts'
import { moneyFromFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { listSealIds } from './seal-members.queries.ts'
import type { StatementContent } from './statement-content.ts'
import type { StatementBill, StatementLine, StatementReceipt } from './statement-inputs.ts'

export type MemberKind =
  'bill' | 'payment_allocation' | 'ledger_transaction' | 'seal' | 'statement_version'
export type Members = Readonly<Record<MemberKind, readonly string[]>>

/** What no statement carries yet and belongs to a time before `before`; late commits are found next time. */
export async function listOpenMembers(
  tx: Tx,
  input: Readonly<{ operatorId: string; month: Month; before: Date }>,
): Promise<Members> {
  const allocations = await listOpenAllocations(tx, input)
  const bills = await listOpenBills(tx, input)
  const transactions = await listOpenTransactions(tx, {
    billIds: bills,
    allocationIds: allocations.map((allocation) => allocation.id),
    paymentIds: allocations.map((allocation) => allocation.payment_id),
  })
  return {
    bill: bills,
    payment_allocation: allocations.map((allocation) => allocation.id),
    ledger_transaction: transactions,
    seal: await listSealIds(tx, bills),
    statement_version: await listEarlierVersions(tx, input),
  }
}

/** Members of no version but returned ones. */
const isOpen = (kind: MemberKind, memberId: string) => sql<boolean>`not exists (
  select 1 from billing.statement_member m
  join billing.statement_standing st on st.version_id = m.version_id
  where m.kind = ${kind} and m.member_id = ${sql.ref(memberId)} and st.status <> 'returned')`

function listOpenAllocations(tx: Tx, input: Readonly<{ operatorId: string; before: Date }>) {
  return tx
    .selectFrom('billing.payment_allocation as a')
    .innerJoin('billing.bill as b', 'b.id', 'a.bill_id')
    .select(['a.id', 'a.payment_id'])
    .where('b.operator_id', '=', input.operatorId)
    .where('a.allocated_at', '<', input.before)
    .where(isOpen('payment_allocation', 'a.id'))
    .orderBy('a.id')
    .execute()
}

async function listOpenBills(
  tx: Tx,
  input: Readonly<{ operatorId: string; before: Date }>,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('billing.bill_standing as s')
    .select('s.bill_id')
    .where('s.operator_id', '=', input.operatorId)
    .where('s.issued_at', '<', input.before)
    .where(isOpen('bill', 's.bill_id'))
    .orderBy('s.bill_id')
    .execute()
  return rows.map((row) => row.bill_id)
}

async function listOpenTransactions(
  tx: Tx,
  input: Readonly<{
    billIds: readonly string[]
    allocationIds: readonly string[]
    paymentIds: readonly string[]
  }>,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('billing.ledger_transaction as t')
    .select('t.id')
    .where(
      sql<boolean>`(t.template, t.reference) in (
        select 'billIssued', unnest(${input.billIds}::text[])
        union all select 'paymentReceived', unnest(${input.paymentIds}::text[])
        union all select 'creditApplied', unnest(${input.allocationIds}::text[])
        union all select 'prepaidDrawn', unnest(${input.allocationIds}::text[]))`,
    )
    .where(isOpen('ledger_transaction', 't.id'))
    .orderBy('t.id')
    .execute()
  return rows.map((row) => row.id)
}

async function listEarlierVersions(
  tx: Tx,
  input: Readonly<{ operatorId: string; month: Month }>,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('billing.statement as s')
    .innerJoin('billing.statement_standing as st', 'st.statement_id', 's.id')
    .select('st.version_id')
    .where('s.operator_id', '=', input.operatorId)
    .where('s.month', '<', input.month)
    .where('st.status', 'in', ['locked', 'treasury_paid'])
    .orderBy('s.month')
    .execute()
  return rows.map((row) => row.version_id)
}

/** Bills of the statement, and those it only has receipts on. */
export async function listStatementBills(
  db: Database,
  input: Readonly<{ memberIds: readonly string[]; otherIds: readonly string[] }>,
): Promise<StatementBill[]> {
  const ids = [...new Set([...input.memberIds, ...input.otherIds])]
  if (ids.length === 0) return []
  const members = new Set(input.memberIds)
  const rows = await db
    .selectFrom('billing.bill as b')
    .innerJoin('billing.bill_standing as s', 's.bill_id', 'b.id')
    .select(['b.id', 's.number', 'b.month', 'b.buyer_id', 'b.gross_fen', 'b.net_fen', 'b.tax_fen'])
    .select('b.content_digest')
    .where('b.id', 'in', ids)
    .execute()
  return rows.map((row) => ({
    billId: row.id,
    number: row.number ?? '',
    month: row.month as Month,
    buyerId: row.buyer_id,
    grossFen: moneyFromFen(row.gross_fen),
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    contentDigest: row.content_digest,
    isMember: members.has(row.id),
  }))
}

const callCounts = z.record(z.string(), z.union([z.string(), z.int()]).transform(String))

export async function listStatementLines(
  db: Database,
  billIds: readonly string[],
): Promise<StatementLine[]> {
  if (billIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.bill_line as l')
    .leftJoin('billing.posted_price as p', 'p.id', 'l.posted_price_id')
    .select(['l.id', 'l.bill_id', 'l.position', 'l.kind', 'l.product_id', 'l.purpose_class'])
    .select(['l.usage_month', 'p.number as price_number', 'l.unit', 'l.quantity', 'l.calls'])
    .select(['l.billed_calls', 'l.free_calls', 'l.cap_amount_yuan', 'l.amount_fen', 'l.tax_rate'])
    .select(['l.net_fen', 'l.tax_fen', 'l.corrects_line_id'])
    .where('l.bill_id', 'in', billIds)
    .execute()
  return rows.map((row) => ({
    lineId: row.id,
    billId: row.bill_id,
    position: row.position,
    kind: row.kind,
    productId: row.product_id,
    purposeClass: row.purpose_class as StatementLine['purposeClass'],
    usageMonth: row.usage_month as Month,
    priceNumber: row.price_number,
    unit: row.unit,
    quantity: new Decimal(row.quantity),
    calls: row.calls,
    billedCalls: row.billed_calls,
    freeCalls: callCounts.parse(row.free_calls),
    capAmountYuan: new Decimal(row.cap_amount_yuan),
    amountFen: moneyFromFen(row.amount_fen),
    taxRate: parseDecimal(new Decimal(row.tax_rate).toFixed()),
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    correctsLineId: row.corrects_line_id,
  }))
}

export async function listStatementReceipts(
  db: Database,
  allocationIds: readonly string[],
): Promise<StatementReceipt[]> {
  if (allocationIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.payment_allocation as a')
    .innerJoin('billing.payment as p', 'p.id', 'a.payment_id')
    .innerJoin('billing.bank_entry as e', 'e.id', 'p.bank_entry_id')
    .select(['a.id', 'a.payment_id', 'e.bank_reference', 'e.paid_on', 'a.allocated_at'])
    .select(['a.bill_id', 'p.buyer_id', 'a.amount_fen', 'a.net_fen', 'a.tax_fen'])
    .select(['a.settled_before_fen'])
    .select(
      sql<string>`(select coalesce(sum(o.net_fen), 0) from billing.payment_allocation o
        where o.bill_id = a.bill_id and o.settled_before_fen < a.settled_before_fen)`.as(
        'net_before',
      ),
    )
    .where('a.id', 'in', allocationIds)
    .execute()
  return rows.map((row) => ({
    allocationId: row.id,
    paymentId: row.payment_id,
    bankReference: row.bank_reference,
    paidOn: row.paid_on,
    allocatedAt: row.allocated_at,
    billId: row.bill_id,
    buyerId: row.buyer_id,
    amountFen: moneyFromFen(row.amount_fen),
    netFen: moneyFromFen(row.net_fen),
    taxFen: moneyFromFen(row.tax_fen),
    settledBeforeFen: moneyFromFen(row.settled_before_fen),
    netBeforeFen: moneyFromFen(BigInt(row.net_before)),
  }))
}

export async function listVersionContents(
  db: Database,
  versionIds: readonly string[],
): Promise<StatementContent[]> {
  if (versionIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.statement_version')
    .select('content')
    .where('id', 'in', versionIds)
    .execute()
  return rows.map((row) => JSON.parse(row.content) as StatementContent)
}

/** What the ledger says the members change in receivables, by buyer. */
export async function sumReceivablePostings(
  db: Database,
  transactionIds: readonly string[],
): Promise<Map<string, bigint>> {
  if (transactionIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('billing.posting')
    .select(['account', sql<string>`sum(amount_fen)`.as('amount')])
    .where('transaction_id', 'in', transactionIds)
    .where('account', 'like', 'buyer:%:receivable')
    .groupBy('account')
    .execute()
  return new Map(rows.map((row) => [row.account.split(':')[1] ?? '', BigInt(row.amount)]))
}

export async function listMembers(db: Database, versionId: string): Promise<Members> {
  const rows = await db
    .selectFrom('billing.statement_member')
    .select(['kind', 'member_id'])
    .where('version_id', '=', versionId)
    .execute()
  const of = (kind: MemberKind) =>
    rows.filter((row) => row.kind === kind).map((row) => row.member_id)
  return {
    bill: of('bill'),
    payment_allocation: of('payment_allocation'),
    ledger_transaction: of('ledger_transaction'),
    seal: of('seal'),
    statement_version: of('statement_version'),
  }
}

export async function insertMembers(
  tx: Tx,
  input: Readonly<{ versionId: string; members: Members }>,
): Promise<void> {
  for (const [kind, ids] of Object.entries(input.members) as [MemberKind, readonly string[]][])
    if (ids.length > 0)
      await sql`insert into billing.statement_member (version_id, kind, member_id, position)
        select ${input.versionId}, ${kind}, id, position
        from unnest(${ids}::text[]) with ordinality as member (id, position)`.execute(tx)
}
