import { audit } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireBuyer } from '#billing/payment/match-payment.ts'
import { lockAccount } from './account.queries.ts'

export type PaymentMode = 'prepaid' | 'postpaid'
export type SetAccountTerms = Readonly<{
  buyerId: Id<'org'>
  paymentMode: PaymentMode
  /** How much a postpaid buyer may owe and have in use together; null: no limit. Prepaid accounts have none. */
  creditLimitFen: Money | null
  /** Now, unless told; never before. */
  effectiveFrom?: Date
  reason: string
}>
export type SetAccountTermsResult = Readonly<{
  kind: 'set'
  termsId: Id<'terms'>
  effectiveFrom: Date
}>

/**
 * The operator's decision how a buyer pays it (R63): ahead from its balance, or afterwards up to a credit
 * limit. It holds for every subscription of the two, because bills and balances do. The latest decision that has
 * begun holds; the gateway goes by it within a second.
 */
export async function setAccountTerms(
  ctx: Context,
  input: SetAccountTerms,
): Promise<SetAccountTermsResult> {
  requirePermission(ctx, 'account_terms:set')
  const operatorId = actorOrganization(ctx.actor)
  if (operatorId === undefined) throw new DomainError('NOT_FOUND')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const { creditLimitFen, paymentMode } = input
  if (creditLimitFen !== null && creditLimitFen < 0n) refuseValue('creditLimitYuan', 'negative')
  if (paymentMode === 'prepaid' && creditLimitFen !== null)
    throw new DomainError('CREDIT_TERMS_NOT_ALLOWED')
  const now = ctx.clock.now()
  const effectiveFrom = input.effectiveFrom ?? now
  if (effectiveFrom < now) refuseValue('effectiveFrom', 'in_the_past')
  return inTransaction(ctx.db, async (tx) => {
    await requireBuyer(tx, input.buyerId)
    await lockAccount(tx, { buyerId: input.buyerId, operatorId }, now)
    const termsId = newId('terms', ctx.clock)
    await tx
      .insertInto('billing.account_terms')
      .values({
        id: termsId,
        buyer_id: input.buyerId,
        operator_id: operatorId,
        payment_mode: paymentMode,
        credit_limit_fen: creditLimitFen,
        effective_from: effectiveFrom,
        reason: input.reason.trim(),
        decided_by: actorId(ctx.actor),
        decided_at: now,
      })
      .execute()
    await audit(tx, ctx, {
      action: 'account_terms:set',
      objectType: 'buyer_account',
      objectId: input.buyerId,
      detail: { termsId, paymentMode, creditLimitFen, effectiveFrom: effectiveFrom.toISOString() },
    })
    return { kind: 'set', termsId, effectiveFrom }
  })
}
