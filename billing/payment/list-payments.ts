import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen, subtractMoney } from '#kernel/money.ts'
import type { Day } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator } from '#billing/own.ts'
import type { PaymentPurpose } from './payment.queries.ts'

export type BankEntryView = Readonly<{
  bankEntryId: Id<'bankentry'>
  importId: Id<'import'>
  account: string
  bankReference: string
  paidOn: Day
  amountFen: Money
  payerName: string
  payerAccount: string
  remark: string
  status: 'unmatched' | 'matched' | 'set_aside'
}>
export type PaymentView = Readonly<{
  paymentId: Id<'payment'>
  buyerId: Id<'org'>
  buyerName: string
  bankEntryId: Id<'bankentry'>
  bankReference: string
  paidOn: Day
  purpose: PaymentPurpose
  amountFen: Money
  allocatedFen: Money
  /** What settled no bill yet and was not refunded: the buyer's credit, or its balance where it is a top-up. */
  creditFen: Money
  matchedAt: Date
}>

/** Bank entries, newest day first; an operator sees its own. */
export async function listBankEntries(
  ctx: Context,
  input: Readonly<{ status?: 'unmatched' | 'matched' | 'set_aside' }> = {},
): Promise<BankEntryView[]> {
  requirePermission(ctx, 'payment:read')
  const operatorId = ownOperator(ctx)
  const rows = await ctx.db
    .selectFrom('billing.bank_entry')
    .select([
      'id',
      'import_id',
      'account',
      'bank_reference',
      'paid_on',
      'amount_fen',
      'payer_name',
      'payer_account',
      'remark',
      'status',
    ])
    .$if(operatorId !== undefined, (q) => q.where('operator_id', '=', operatorId ?? ''))
    .$if(input.status !== undefined, (q) => q.where('status', '=', input.status ?? 'unmatched'))
    .orderBy('paid_on', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    bankEntryId: row.id as Id<'bankentry'>,
    importId: row.import_id as Id<'import'>,
    account: row.account,
    bankReference: row.bank_reference,
    paidOn: row.paid_on as Day,
    amountFen: moneyFromFen(row.amount_fen),
    payerName: row.payer_name,
    payerAccount: row.payer_account,
    remark: row.remark,
    status: row.status,
  }))
}

/** Matched payments, newest first, with what each still holds as credit; an operator sees its own. */
export async function listPayments(ctx: Context): Promise<PaymentView[]> {
  requirePermission(ctx, 'payment:read')
  const operatorId = ownOperator(ctx)
  const rows = await ctx.db
    .selectFrom('billing.payment as p')
    .innerJoin('billing.bank_entry as e', 'e.id', 'p.bank_entry_id')
    .innerJoin('governance.organization as b', 'b.id', 'p.buyer_id')
    .select([
      'p.id',
      'p.buyer_id',
      'b.name',
      'p.bank_entry_id',
      'e.bank_reference',
      'e.paid_on',
      'p.purpose',
      'p.amount_fen',
      'p.matched_at',
      sql<string>`(select coalesce(sum(r.amount_fen), 0) from billing.balance_refund_part r
        where r.payment_id = p.id)`.as('refunded'),
      sql<string>`(select coalesce(sum(a.amount_fen), 0) from billing.payment_allocation a
        where a.payment_id = p.id)`.as('allocated'),
    ])
    .$if(operatorId !== undefined, (q) => q.where('p.operator_id', '=', operatorId ?? ''))
    .orderBy('p.id', 'desc')
    .execute()
  return rows.map((row) => {
    const amountFen = moneyFromFen(row.amount_fen)
    const allocatedFen = moneyFromFen(BigInt(row.allocated))
    return {
      paymentId: row.id as Id<'payment'>,
      buyerId: row.buyer_id as Id<'org'>,
      buyerName: row.name,
      bankEntryId: row.bank_entry_id as Id<'bankentry'>,
      bankReference: row.bank_reference,
      paidOn: row.paid_on as Day,
      purpose: row.purpose,
      amountFen,
      allocatedFen,
      creditFen: subtractMoney(
        subtractMoney(amountFen, allocatedFen),
        moneyFromFen(BigInt(row.refunded)),
      ),
      matchedAt: row.matched_at,
    }
  })
}
