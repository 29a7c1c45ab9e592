import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  type AccountBalance,
  type LedgerTransactionView,
  listTransactions,
  sumBalances,
} from './ledger.queries.ts'
import { type LedgerProof, proveLedger } from './prove-ledger.ts'
import { type RollForward, rollForwardReceivables } from './roll-forward.ts'

/** The ledger as people read it: each needs `ledger:read`. */
export async function readBalances(ctx: Context): Promise<AccountBalance[]> {
  requirePermission(ctx, 'ledger:read')
  return sumBalances(ctx.db)
}

/** Newest first; the cursor is the id of the last transaction of the page before. */
export async function readTransactions(
  ctx: Context,
  input: Readonly<{ limit: number; cursor?: Id<'txn'>; account?: string }>,
): Promise<Readonly<{ items: readonly LedgerTransactionView[]; nextCursor: string | null }>> {
  requirePermission(ctx, 'ledger:read')
  const { limit, cursor, account } = input
  const found = await listTransactions(ctx.db, {
    limit: limit + 1,
    ...(cursor === undefined ? {} : { before: cursor }),
    ...(account === undefined ? {} : { account }),
  })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor: found.length > limit && last !== undefined ? last.transactionId : null,
  }
}

/** R64 for a business month of booking. */
export async function readReceivables(
  ctx: Context,
  input: Readonly<{ month: Month }>,
): Promise<RollForward> {
  requirePermission(ctx, 'ledger:read')
  return rollForwardReceivables(ctx.db, monthPeriod(input.month))
}

export async function readLedgerProof(ctx: Context): Promise<LedgerProof> {
  requirePermission(ctx, 'ledger:read')
  return proveLedger(ctx.db)
}
