import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator } from '#billing/own.ts'
import { findTreasuryPayments } from '#billing/statement/statement.queries.ts'
import type { TreasuryPayment } from '#billing/statement/statement.ts'

export type TreasuryPaymentView = TreasuryPayment &
  Readonly<{ statementNumber: string; month: string; operatorName: string }>

/** Notices and their payments, newest first; an operator sees its own. */
export async function listTreasuryPayments(ctx: Context): Promise<TreasuryPaymentView[]> {
  requirePermission(ctx, 'statement:read')
  const operatorId = ownOperator(ctx)
  return findTreasuryPayments(ctx.db, operatorId === undefined ? {} : { operatorId })
}
