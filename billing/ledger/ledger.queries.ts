import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import type { AccountKind } from './accounts.ts'
import type { TemplateName } from './templates.ts'

export type AccountBalance = Readonly<{ account: string; kind: AccountKind; balanceFen: Money }>

/** Debit-positive balances of what was booked before `before`, by address. */
export async function sumBalances(
  db: Database,
  input: Readonly<{ before?: Date; prefix?: string }> = {},
): Promise<AccountBalance[]> {
  const rows = await db
    .selectFrom('billing.posting as p')
    .innerJoin('billing.ledger_account as a', 'a.address', 'p.account')
    .select(['p.account', 'a.kind', sql<string>`sum(p.amount_fen)`.as('balance')])
    .$if(input.before !== undefined, (query) =>
      query.where('p.booked_at', '<', input.before ?? new Date(0)),
    )
    .$if(input.prefix !== undefined, (query) =>
      query.where(sql<boolean>`starts_with(p.account, ${input.prefix ?? ''})`),
    )
    .groupBy(['p.account', 'a.kind'])
    .orderBy('p.account')
    .execute()
  return rows.map((row) => ({
    account: row.account,
    kind: row.kind,
    balanceFen: moneyFromFen(BigInt(row.balance)),
  }))
}

export type LedgerTransactionView = Readonly<{
  transactionId: string
  template: TemplateName
  reference: string
  occurredAt: Date
  bookedAt: Date
  memo: string
  postings: readonly Readonly<{ account: string; amountFen: Money }>[]
}>

/** Transactions newest first, `limit` of them, older than the one named by `before`. */
export async function listTransactions(
  db: Database,
  input: Readonly<{ limit: number; before?: string; account?: string }>,
): Promise<LedgerTransactionView[]> {
  const heads = await db
    .selectFrom('billing.ledger_transaction as t')
    .select(['t.id', 't.template', 't.reference', 't.occurred_at', 't.booked_at', 't.memo'])
    .$if(input.before !== undefined, (query) => query.where('t.id', '<', input.before ?? ''))
    .$if(input.account !== undefined, (query) =>
      query.where((where) =>
        where.exists(
          where
            .selectFrom('billing.posting as p')
            .select('p.account')
            .whereRef('p.transaction_id', '=', 't.id')
            .where('p.account', '=', input.account ?? ''),
        ),
      ),
    )
    .orderBy('t.id', 'desc')
    .limit(input.limit)
    .execute()
  if (heads.length === 0) return []
  const postings = await db
    .selectFrom('billing.posting')
    .select(['transaction_id', 'account', 'amount_fen'])
    .where(
      'transaction_id',
      'in',
      heads.map((head) => head.id),
    )
    .orderBy('transaction_id')
    .orderBy('position')
    .execute()
  return heads.map((head) => ({
    transactionId: head.id,
    template: head.template as TemplateName,
    reference: head.reference,
    occurredAt: head.occurred_at,
    bookedAt: head.booked_at,
    memo: head.memo,
    postings: postings
      .filter((posting) => posting.transaction_id === head.id)
      .map((posting) => ({
        account: posting.account,
        amountFen: moneyFromFen(posting.amount_fen),
      })),
  }))
}
