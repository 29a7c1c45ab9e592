import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen, subtractMoney, sumMoney } from '#kernel/money.ts'
import type { Payment } from '#billing/payment/payment.queries.ts'

/** What one buyer has with one operator. */
export type AccountKey = Readonly<{ buyerId: Id<'org'>; operatorId: Id<'org'> }>

/** Locks the account, and opens it where it is the first time. Whoever puts money in or takes it out comes through here. */
export async function lockAccount(tx: Tx, key: AccountKey, at: Date): Promise<void> {
  await tx
    .insertInto('billing.buyer_account')
    .values({
      buyer_id: key.buyerId,
      operator_id: key.operatorId,
      opened_at: at,
      changed_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(['buyer_id', 'operator_id']).doUpdateSet({ changed_at: at }),
    )
    .execute()
}

export type TopUp = Payment & Readonly<{ restFen: Money }>

/** The top-ups of an account that are not used up, oldest first. The account is locked. */
export async function listTopUps(db: Database, key: AccountKey): Promise<TopUp[]> {
  const rows = await db
    .selectFrom('billing.payment as p')
    .select((eb) => [
      'p.id',
      'p.amount_fen',
      eb
        .selectFrom('billing.payment_allocation as a')
        .select((of) => of.fn.sum<string>('a.amount_fen').as('fen'))
        .whereRef('a.payment_id', '=', 'p.id')
        .as('drawn'),
      eb
        .selectFrom('billing.balance_refund_part as r')
        .select((of) => of.fn.sum<string>('r.amount_fen').as('fen'))
        .whereRef('r.payment_id', '=', 'p.id')
        .as('refunded'),
    ])
    .where('p.buyer_id', '=', key.buyerId)
    .where('p.operator_id', '=', key.operatorId)
    .where('p.purpose', '=', 'top_up')
    .orderBy('p.matched_at')
    .orderBy('p.id')
    .execute()
  return rows
    .map((row) => {
      const amountFen = moneyFromFen(row.amount_fen)
      const spent = moneyFromFen(BigInt(row.drawn ?? 0) + BigInt(row.refunded ?? 0))
      return {
        paymentId: row.id as Id<'payment'>,
        purpose: 'top_up' as const,
        ...key,
        amountFen,
        restFen: subtractMoney(amountFen, spent),
      }
    })
    .filter(({ restFen }) => restFen > 0n)
}

/** What is left of the top-ups: the balance in the ledger. */
export async function sumBalance(db: Database, key: AccountKey): Promise<Money> {
  const topUps = await listTopUps(db, key)
  return sumMoney(topUps.map(({ restFen }) => restFen))
}

/** Bills of an account that a balance settles: confirmed and not paid, oldest first. Locks them in that order. */
export async function lockDrawableBills(tx: Tx, key: AccountKey): Promise<Id<'bill'>[]> {
  const rows = await tx
    .selectFrom('billing.bill_standing')
    .select('bill_id')
    .where('buyer_id', '=', key.buyerId)
    .where('operator_id', '=', key.operatorId)
    .where('status', 'in', ['confirmed', 'decided', 'due', 'part_paid'])
    .orderBy('month')
    .orderBy('bill_id')
    .forUpdate()
    .execute()
  return rows.map((row) => row.bill_id as Id<'bill'>)
}
