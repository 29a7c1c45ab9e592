import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator } from '#billing/own.ts'
import { findSplitRules } from './split-rule.queries.ts'
import type { StoredSplitRule } from './split-rule.ts'

export type SplitRuleStatus = 'proposed' | 'refused' | 'approved'
export type SplitRuleView = Readonly<{
  ruleId: Id<'rule'>
  operatorId: Id<'org'>
  operatorName: string
  version: number
  title: string
  rule: StoredSplitRule
  formDigest: string
  reason: string
  documentTitle: string
  documentNumber: string
  effectiveFromMonth: Month
  isSample: boolean
  status: SplitRuleStatus
  madeAt: Date
  approvals: readonly Readonly<{
    organizationKind: 'data_bureau' | 'finance_bureau'
    verdict: 'approved' | 'refused'
    opinion: string
    decidedBy: string
    decidedAt: Date
  }>[]
}>

/** All versions with their two approvals, newest first; an operator sees its own. */
export async function listSplitRules(
  ctx: Context,
  input: Readonly<{ operatorId?: Id<'org'> }> = {},
): Promise<SplitRuleView[]> {
  requirePermission(ctx, 'split_rule:read')
  const operatorId = ownOperator(ctx) ?? input.operatorId
  return findSplitRules(ctx.db, operatorId === undefined ? {} : { operatorId })
}
