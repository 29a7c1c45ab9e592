import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, unroundedFromMoney } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { inputsOfVersion } from './regenerate.ts'
import { isOwn } from './sign-statement.ts'
import { type SortedInputs, sortedInputs } from './sorted-inputs.ts'
import type { StatementLine } from './statement-inputs.ts'
import { findStatementHeads } from './statement.queries.ts'

/** What a reviewer should look at (R74). */
export type StatementException = Readonly<{
  kind: 'late_item' | 'objection' | 'above_cap' | 'negative_line' | 'adjustment'
  billId: Id<'bill'>
  billNumber: string
  buyerName: string
  lineId: Id<'line'>
  productName: string
  usageMonth: string
  amountFen: Money
}>

/** Late items, lines under objection, above their ceiling, below zero, and adjustments. */
export async function listStatementExceptions(
  ctx: Context,
  versionId: Id<'sver'>,
): Promise<StatementException[]> {
  requirePermission(ctx, 'statement:read')
  const [head] = await findStatementHeads(ctx.db, { versionId })
  if (head === undefined || !isOwn(ctx, head)) throw new DomainError('NOT_FOUND')
  return exceptionsOf(sortedInputs(await inputsOfVersion(ctx.db, versionId)))
}

export function exceptionsOf(inputs: SortedInputs): StatementException[] {
  const disputed = new Set(inputs.facts.disputedLineIds)
  return inputs.memberLines.flatMap((line) =>
    kindsOf(line, disputed).map((kind) => ({
      kind,
      billId: line.billId as Id<'bill'>,
      billNumber: inputs.billOf(line.billId).number,
      buyerName: inputs.buyerNameOf(inputs.billOf(line.billId).buyerId),
      lineId: line.lineId as Id<'line'>,
      productName: inputs.productOf(line.productId).name,
      usageMonth: line.usageMonth,
      amountFen: line.amountFen,
    })),
  )
}

function kindsOf(line: StatementLine, disputed: ReadonlySet<string>): StatementException['kind'][] {
  const kinds: StatementException['kind'][] = []
  if (line.kind === 'late') kinds.push('late_item')
  if (line.kind === 'adjustment') kinds.push('adjustment')
  if (disputed.has(line.lineId)) kinds.push('objection')
  if (line.amountFen < 0n) kinds.push('negative_line')
  // The database refuses such a line; should one ever be there, this is where it is seen. A line is
  // rounded to the fen, its ceiling is not.
  if (unroundedFromMoney(line.amountFen).yuan.minus(line.capAmountYuan).gt('0.005'))
    kinds.push('above_cap')
  return kinds
}
