import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import type { Id } from '#kernel/ids.ts'
import { accountKind } from './accounts.ts'
import type { LedgerEntry } from './templates.ts'

/**
 * Books an entry in the caller's transaction, at the clock's time. Once per template and reference,
 * kept by ledger_transaction_once: the caller has locked the thing it is about, so a second entry is
 * our bug. An entry whose amounts are all zero is not booked.
 */
export async function postEntry(
  tx: Tx,
  clock: Clock,
  entry: LedgerEntry,
): Promise<Id<'txn'> | null> {
  if (entry.postings.length === 0) return null
  const transactionId = newId('txn', clock)
  const bookedAt = clock.now()
  await tx
    .insertInto('billing.ledger_transaction')
    .values({
      id: transactionId,
      template: entry.template,
      reference: entry.reference,
      occurred_at: entry.occurredAt,
      booked_at: bookedAt,
      memo: entry.memo,
    })
    .execute()
  await tx
    .insertInto('billing.ledger_account')
    .values(
      [...new Set(entry.postings.map((posting) => posting.account))]
        .sort()
        .map((address) => ({ address, kind: accountKind(address) })),
    )
    .onConflict((conflict) => conflict.column('address').doNothing())
    .execute()
  await tx
    .insertInto('billing.posting')
    .values(
      entry.postings.map((posting, index) => ({
        transaction_id: transactionId,
        position: index + 1,
        account: posting.account,
        amount_fen: posting.amountFen,
        booked_at: bookedAt,
      })),
    )
    .execute()
  return transactionId
}
