import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import type { Day } from '#kernel/period.ts'

export type BankEntry = Readonly<{
  bankEntryId: Id<'bankentry'>
  operatorId: Id<'org'>
  bankReference: string
  paidOn: Day
  amountFen: Money
  payerName: string
  remark: string
  status: 'unmatched' | 'matched' | 'set_aside'
}>

const entryColumns = [
  'id',
  'operator_id',
  'bank_reference',
  'paid_on',
  'amount_fen',
  'payer_name',
  'remark',
  'status',
] as const

type EntryRow = Readonly<{
  id: string
  operator_id: string
  bank_reference: string
  paid_on: string
  amount_fen: bigint
  payer_name: string
  remark: string
  status: 'unmatched' | 'matched' | 'set_aside'
}>

function entryFromRow(row: EntryRow): BankEntry {
  return {
    bankEntryId: row.id as Id<'bankentry'>,
    operatorId: row.operator_id as Id<'org'>,
    bankReference: row.bank_reference,
    paidOn: row.paid_on as Day,
    amountFen: moneyFromFen(row.amount_fen),
    payerName: row.payer_name,
    remark: row.remark,
    status: row.status,
  }
}

export async function lockBankEntry(tx: Tx, bankEntryId: string): Promise<BankEntry | undefined> {
  const row = await tx
    .selectFrom('billing.bank_entry')
    .select(entryColumns)
    .where('id', '=', bankEntryId)
    .forUpdate()
    .executeTakeFirst()
  return row && entryFromRow(row)
}

export async function listUnmatchedEntries(db: Database, operatorId: string): Promise<BankEntry[]> {
  const rows = await db
    .selectFrom('billing.bank_entry')
    .select(entryColumns)
    .where('operator_id', '=', operatorId)
    .where('status', '=', 'unmatched')
    .orderBy('paid_on')
    .orderBy('id')
    .execute()
  return rows.map(entryFromRow)
}

export async function saveEntryStatus(
  tx: Tx,
  bankEntryId: string,
  status: 'matched' | 'set_aside',
): Promise<void> {
  await tx.updateTable('billing.bank_entry').set({ status }).where('id', '=', bankEntryId).execute()
}

/** What money came in for: bills, with the rest as credit, or a balance that later bills draw on. */
export type PaymentPurpose = 'bills' | 'top_up'
export type Payment = Readonly<{
  paymentId: Id<'payment'>
  purpose: PaymentPurpose
  operatorId: Id<'org'>
  buyerId: Id<'org'>
  amountFen: Money
}>

export async function findPaymentOfEntry(
  db: Database,
  bankEntryId: string,
): Promise<Payment | undefined> {
  const row = await db
    .selectFrom('billing.payment')
    .select(['id', 'purpose', 'operator_id', 'buyer_id', 'amount_fen'])
    .where('bank_entry_id', '=', bankEntryId)
    .executeTakeFirst()
  return row && paymentFromRow(row)
}

/** Payments never change, so the lock is on what does: the status row of the bank entry behind it. */
export async function lockPayment(tx: Tx, paymentId: string): Promise<Payment | undefined> {
  const row = await tx
    .selectFrom('billing.payment as p')
    .innerJoin('billing.bank_entry as e', 'e.id', 'p.bank_entry_id')
    .select(['p.id', 'p.purpose', 'p.operator_id', 'p.buyer_id', 'p.amount_fen'])
    .where('p.id', '=', paymentId)
    .forUpdate('e')
    .executeTakeFirst()
  return row && paymentFromRow(row)
}

function paymentFromRow(
  row: Readonly<{
    id: string
    purpose: PaymentPurpose
    operator_id: string
    buyer_id: string
    amount_fen: bigint
  }>,
): Payment {
  return {
    paymentId: row.id as Id<'payment'>,
    purpose: row.purpose,
    operatorId: row.operator_id as Id<'org'>,
    buyerId: row.buyer_id as Id<'org'>,
    amountFen: moneyFromFen(row.amount_fen),
  }
}

export async function insertPayment(
  tx: Tx,
  payment: Payment & Readonly<{ bankEntryId: string; matchedBy: string; matchedAt: Date }>,
): Promise<void> {
  await tx
    .insertInto('billing.payment')
    .values({
      id: payment.paymentId,
      purpose: payment.purpose,
      operator_id: payment.operatorId,
      buyer_id: payment.buyerId,
      bank_entry_id: payment.bankEntryId,
      amount_fen: payment.amountFen,
      matched_by: payment.matchedBy,
      matched_at: payment.matchedAt,
    })
    .execute()
}

export type Allocation = Readonly<{
  allocationId: Id<'match'>
  billId: Id<'bill'>
  amountFen: Money
}>

export async function listAllocations(db: Database, paymentId: string): Promise<Allocation[]> {
  const rows = await db
    .selectFrom('billing.payment_allocation')
    .select(['id', 'bill_id', 'amount_fen'])
    .where('payment_id', '=', paymentId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    allocationId: row.id as Id<'match'>,
    billId: row.bill_id as Id<'bill'>,
    amountFen: moneyFromFen(row.amount_fen),
  }))
}

export async function insertAllocation(
  tx: Tx,
  allocation: Allocation &
    Readonly<{
      paymentId: string
      netFen: Money
      taxFen: Money
      settledBeforeFen: Money
      allocatedAt: Date
    }>,
): Promise<void> {
  await tx
    .insertInto('billing.payment_allocation')
    .values({
      id: allocation.allocationId,
      payment_id: allocation.paymentId,
      bill_id: allocation.billId,
      amount_fen: allocation.amountFen,
      net_fen: allocation.netFen,
      tax_fen: allocation.taxFen,
      settled_before_fen: allocation.settledBeforeFen,
      allocated_at: allocation.allocatedAt,
    })
    .execute()
}
