import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen, parseMoneyYuan, subtractMoney, zeroFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator, requireOwn } from '#billing/own.ts'
import { listSettledContents } from '#billing/statement/statement.queries.ts'
import type { StatementContent } from '#billing/statement/statement-content.ts'
import { splitBaseFen } from './split-base.ts'
import { splitPeriod } from './split-revenue.ts'
import { parseSplitRule, type SplitRule } from './split-rule.ts'

/** What a rule would have given over months already settled; writes nothing (R70). */
export type SplitSimulation = readonly Readonly<{
  month: Month
  baseFen: Money
  governmentFen: Money
  operatorFen: Money
  simulatedBaseFen: Money
  simulatedGovernmentFen: Money
  simulatedOperatorFen: Money
}>[]

/**
 * Runs a proposed rule over the locked statements of an operator, month by month, beside what they
 * gave (R70). Nothing is written. Errors: VALIDATION_FAILED for a rule that cannot be divided by.
 */
export async function simulateSplit(
  ctx: Context,
  input: Readonly<{ operatorId: Id<'org'>; rule: unknown }>,
): Promise<SplitSimulation> {
  requirePermission(ctx, 'split_rule:read')
  if (ownOperator(ctx) !== undefined) requireOwn(ctx, input.operatorId)
  const rule = parseSplitRule(input.rule)
  const contents = await listSettledContents(ctx.db, input.operatorId)
  return contents.map((content) => simulateMonth(rule, content, contents))
}

function simulateMonth(
  rule: SplitRule,
  content: StatementContent,
  contents: readonly StatementContent[],
): SplitSimulation[number] {
  const month = content.head.month
  const inYear = contents.filter((each) => each.head.month.slice(0, 4) === month.slice(0, 4))
  const before = inYear.filter((each) => each.head.month < month)
  const parts = splitPeriod(rule, {
    before: baseOf(rule, before),
    after: baseOf(rule, [...before, content]),
  })
  return {
    month: month as Month,
    baseFen: parseMoneyYuan(content.split.baseYuan),
    governmentFen: parseMoneyYuan(content.split.governmentYuan),
    operatorFen: parseMoneyYuan(content.split.operatorYuan),
    simulatedBaseFen: parts.baseFen,
    simulatedGovernmentFen: parts.governmentFen,
    simulatedOperatorFen: parts.operatorFen,
  }
}

function baseOf(rule: SplitRule, contents: readonly StatementContent[]): Money {
  let gross = 0n
  let net = 0n
  for (const { receivables, receipts } of contents) {
    const part = rule.accrual === 'billed' ? receivables.total : receipts.received
    gross += parseMoneyYuan(part.amountYuan)
    net += parseMoneyYuan(part.netYuan)
  }
  return splitBaseFen(rule, {
    grossFen: moneyFromFen(gross),
    vatFen: subtractMoney(moneyFromFen(gross), moneyFromFen(net)),
    verifiedCostFen: zeroFen,
  })
}
