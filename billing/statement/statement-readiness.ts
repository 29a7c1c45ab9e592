import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator, requireOwn } from '#billing/own.ts'
import { gatherStatement } from './gather-statement.ts'
import { countWarnings } from './statement.queries.ts'

/** What keeps a statement from being made; each has to be dealt with, none is guessed around. */
export type StatementBlocker = Readonly<{
  reason:
    | 'month_not_over'
    | 'earlier_statement_open'
    | 'later_statement_exists'
    | 'agreement_missing'
    | 'split_rule_missing'
    | 'verified_cost_missing'
    | 'ledger_differs'
    | 'lineage_missing'
    | 'usage_not_sealed'
  detail: Readonly<Record<string, string>>
}>
/** What a person should look at before it is made; it may still be made. */
export type StatementWarning = Readonly<{
  reason: 'bank_entries_unmatched' | 'bills_not_issued' | 'bills_parked' | 'objections_open'
  count: number
}>
export type StatementReadiness = Readonly<{
  blockers: readonly StatementBlocker[]
  warnings: readonly StatementWarning[]
}>

/** What stands in the way of the statement of a month, for the operator's page; changes nothing. */
export async function statementReadiness(
  ctx: Context,
  input: Readonly<{ operatorId: Id<'org'>; month: Month }>,
): Promise<StatementReadiness> {
  requirePermission(ctx, 'statement:read')
  if (ownOperator(ctx) !== undefined) requireOwn(ctx, input.operatorId)
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    const gathered = await gatherStatement(tx, { ...input, now })
    const counts = await countWarnings(tx, { ...input, before: monthPeriod(input.month).to })
    return {
      blockers: gathered.kind === 'blocked' ? gathered.blockers : [],
      warnings: counts.filter((warning) => warning.count > 0),
    }
  })
}
