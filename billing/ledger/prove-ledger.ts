import { type RawBuilder, sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import type { PaymentPurpose } from '#billing/payment/payment.queries.ts'

export type LedgerProof = Readonly<{
  transactions: bigint
  postings: bigint
  /** Transactions that do not sum to zero: always none. */
  unbalanced: readonly string[]
  /** Buyers whose receivable in the ledger is not what their bills still owe: always none. */
  receivablesThatDiffer: readonly string[]
  /** Buyers whose credit account is not what their payments left over: always none. */
  creditsThatDiffer: readonly string[]
  /** Buyers whose prepaid account is not what their top-ups left over: always none. */
  balancesThatDiffer: readonly string[]
  holds: boolean
}>

/**
 * Proves the ledger against itself and against bills and payments: what each buyer's receivable must be
 * is said once more by its issued bills, what its credit must be by its payments.
 */
export async function proveLedger(db: Database): Promise<LedgerProof> {
  const counts = await sql<{ transactions: string; postings: string }>`
    select (select count(*) from billing.ledger_transaction)::text as transactions,
      (select count(*) from billing.posting)::text as postings`.execute(db)
  const unbalanced = await listTexts(
    db,
    sql`select transaction_id as name from billing.posting
      group by transaction_id having sum(amount_fen) <> 0 order by 1`,
  )
  const receivablesThatDiffer = await listTexts(
    db,
    sql`select coalesce(s.buyer_id, l.buyer_id) as name
      from (select buyer_id, sum(gross_fen - settled_fen) as owed from billing.bill_standing
        where issued_at is not null and status <> 'written_off' group by buyer_id) s
      full join (select split_part(account, ':', 2) as buyer_id, sum(amount_fen) as owed
        from billing.posting where account like 'buyer:%:receivable' group by 1) l
        on l.buyer_id = s.buyer_id
      where coalesce(s.owed, 0) <> coalesce(l.owed, 0) order by 1`,
  )
  const creditsThatDiffer = await listTexts(db, liabilitiesThatDiffer('bills', 'credit'))
  const balancesThatDiffer = await listTexts(db, liabilitiesThatDiffer('top_up', 'prepaid'))
  const count = counts.rows[0]
  return {
    transactions: BigInt(count?.transactions ?? 0),
    postings: BigInt(count?.postings ?? 0),
    unbalanced,
    receivablesThatDiffer,
    creditsThatDiffer,
    balancesThatDiffer,
    holds: [unbalanced, receivablesThatDiffer, creditsThatDiffer, balancesThatDiffer].every(
      (differing) => differing.length === 0,
    ),
  }
}

/** Buyers for whom what is left of their payments of a purpose is not what an account of theirs says. */
function liabilitiesThatDiffer(
  purpose: PaymentPurpose,
  ending: 'credit' | 'prepaid',
): RawBuilder<unknown> {
  return sql`select coalesce(p.buyer_id, l.buyer_id) as name
    from (select p.buyer_id, sum(p.amount_fen - coalesce((select sum(a.amount_fen)
        from billing.payment_allocation a where a.payment_id = p.id), 0) - coalesce((select sum(r.amount_fen)
        from billing.balance_refund_part r where r.payment_id = p.id), 0)) as rest
      from billing.payment p where p.purpose = ${purpose} group by p.buyer_id) p
    full join (select split_part(account, ':', 2) as buyer_id, -sum(amount_fen) as rest
      from billing.posting where account like ${`buyer:%:${ending}`} group by 1) l
      on l.buyer_id = p.buyer_id
    where coalesce(p.rest, 0) <> coalesce(l.rest, 0) order by 1`
}

async function listTexts(db: Database, query: RawBuilder<unknown>): Promise<string[]> {
  const result = await sql<{ name: string }>`${query}`.execute(db)
  return result.rows.map((row) => row.name)
}
