import type { Database } from '#kernel/database.ts'
import { listMemberSeals } from './seal-members.queries.ts'
import type { StatementContent } from './statement-content.ts'
import {
  listStatementBills,
  listStatementLines,
  listStatementReceipts,
  listVersionContents,
  type Members,
} from './statement-inputs.queries.ts'
import type { StatementBill, StatementLine, StatementReceipt } from './statement-inputs.ts'

export type LoadedMembers = Readonly<{
  bills: readonly StatementBill[]
  lines: readonly StatementLine[]
  receipts: readonly StatementReceipt[]
  earlier: readonly StatementContent[]
  seals: readonly Readonly<{ id: string; digest: string }>[]
}>

/** Reads the members by name; none of these rows can ever change. */
export async function loadMembers(db: Database, members: Members): Promise<LoadedMembers> {
  const receipts = await listStatementReceipts(db, members.payment_allocation)
  const bills = await listStatementBills(db, {
    memberIds: members.bill,
    otherIds: receipts.map((receipt) => receipt.billId),
  })
  return {
    bills,
    receipts,
    lines: await listStatementLines(
      db,
      bills.map((bill) => bill.billId),
    ),
    earlier: await listVersionContents(db, members.statement_version),
    seals: await listMemberSeals(db, members.seal),
  }
}
