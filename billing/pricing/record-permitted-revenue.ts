import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { addMoney, formatYuan, type Money, subtractMoney } from '#kernel/money.ts'
import { parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
export type RecordPermittedRevenue = Readonly<{
  operatorId: Id<'org'>
  cycleFrom: string
  cycleTo: string
  costFen: Money
  profitBase: string
  profitRateSource: string
  profitFen: Money
  taxFen: Money
  excessDeductedFen: Money
  taxInclusive: boolean
  documentId: Id<'policy'>
}>
export type RecordPermittedRevenueResult = Readonly<{
  kind: 'recorded'
  permittedRevenueId: Id<'permitted'>
  resultFen: Money
}>

/**
 * Records what the price authority verified as the maximum permitted revenue of a cycle (R59): every part
 * is an input with its source, and the result is their sum less the excess of the cycle before.
 */
export async function recordPermittedRevenue(
  ctx: Context,
  input: RecordPermittedRevenue,
): Promise<RecordPermittedRevenueResult> {
  requirePermission(ctx, 'permitted_revenue:record')
  if (parseDay(input.cycleTo, 'cycleTo') <= parseDay(input.cycleFrom, 'cycleFrom'))
    refuseValue('cycleTo', 'not_after_the_start')
  if (input.profitRateSource.trim() === '') refuseValue('profitRateSource', 'empty')
  const resultFen = subtractMoney(
    addMoney(addMoney(input.costFen, input.profitFen), input.taxFen),
    input.excessDeductedFen,
  )
  return inTransaction(ctx.db, async (tx) => {
    const permittedRevenueId = newId('permitted', ctx.clock)
    await tx
      .insertInto('billing.permitted_revenue')
      .values({
        id: permittedRevenueId,
        operator_id: input.operatorId,
        cycle_from: input.cycleFrom,
        cycle_to: input.cycleTo,
        cost_fen: input.costFen,
        profit_base: input.profitBase,
        profit_rate_source: input.profitRateSource,
        profit_fen: input.profitFen,
        tax_fen: input.taxFen,
        excess_deducted_fen: input.excessDeductedFen,
        result_fen: resultFen,
        tax_inclusive: input.taxInclusive,
        document_id: input.documentId,
        recorded_by: actorId(ctx.actor),
        recorded_at: ctx.clock.now(),
      })
      .execute()
    await audit(tx, ctx, {
      action: 'permitted_revenue:record',
      objectType: 'permitted_revenue',
      objectId: permittedRevenueId,
      detail: { resultYuan: formatYuan(resultFen) },
    })
    return { kind: 'recorded', permittedRevenueId, resultFen }
  })
}
