import { audit, auditRefusal } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { formatDecimal } from '#kernel/decimal.ts'
import { assertNever, DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type ChargingForm, formatChargingForm } from './charging-form.ts'
import { type CapVerdict, checkAgainstCap } from './check-against-cap.ts'
import { listPriceItems } from './price-item.queries.ts'

export type ProposePostedPrice = Readonly<{
  priceItemId: Id<'pitem'>
  form: ChargingForm
  reason: string
  effectiveFrom: Date
}>
export type ProposePostedPriceResult = Readonly<{
  kind: 'proposed'
  proposalId: Id<'proposal'>
  verdict: CapVerdict
}>

/**
 * The operator proposes what it will really charge. Above the ceiling in any tier it is refused
 * (R48: PRICE_ABOVE_CAP with the tier), and the attempt is kept for the market regulator (R55); where
 * form, unit or tiers are not the item's, PRICE_NOT_COMPARABLE.
 */
export async function proposePostedPrice(
  ctx: Context,
  input: ProposePostedPrice,
): Promise<ProposePostedPriceResult> {
  requirePermission(ctx, 'posted_price:propose')
  const now = ctx.clock.now()
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const items = await listPriceItems(ctx.db, { priceItemId: input.priceItemId, knownAt: now })
  const item = items[0]
  if (item === undefined || item.operatorId !== actorOrganization(ctx.actor))
    throw new DomainError('NOT_FOUND')
  const verdict = checkAgainstCap(input.form, item.cap)
  if (verdict.kind === 'above')
    await auditRefusal(ctx, {
      action: 'posted_price:propose',
      objectType: 'price_item',
      objectId: item.priceItemId,
      detail: { verdict: verdictText(verdict) },
    })
  refuseUnlessWithinCap(verdict)
  refuseOtherPackage(input.form, item.cap)
  return inTransaction(ctx.db, async (tx) => {
    const proposalId = newId('proposal', ctx.clock)
    await tx
      .insertInto('billing.posted_price_proposal')
      .values({
        id: proposalId,
        price_item_id: item.priceItemId,
        form: JSON.stringify(formatChargingForm(input.form)),
        verdict: JSON.stringify(verdictText(verdict)),
        reason: input.reason,
        effective_from: input.effectiveFrom,
        proposed_by: actorId(ctx.actor),
        proposed_at: now,
        status: 'proposed',
      })
      .execute()
    await audit(tx, ctx, {
      action: 'posted_price:propose',
      objectType: 'posted_price_proposal',
      objectId: proposalId,
      detail: { priceItemId: item.priceItemId },
    })
    return { kind: 'proposed', proposalId, verdict }
  })
}

export function refuseUnlessWithinCap(verdict: CapVerdict): void {
  switch (verdict.kind) {
    case 'within':
      return
    case 'above':
      throw new DomainError('PRICE_ABOVE_CAP', verdictText(verdict))
    case 'not_comparable':
      throw new DomainError('PRICE_NOT_COMPARABLE', verdictText(verdict))
    default:
      assertNever(verdict)
  }
}

/** A posted package sells what the item names: only its price may be lower. */
export function refuseOtherPackage(form: ChargingForm, cap: ChargingForm): void {
  if (form.kind !== 'package' || cap.kind !== 'package') return
  if (form.calls !== cap.calls || form.validDays !== cap.validDays)
    throw new DomainError('PRICE_NOT_COMPARABLE', { kind: 'not_comparable', reason: 'package' })
}

/** The verdict as JSON keeps and tells it. */
export function verdictText(verdict: CapVerdict): Readonly<Record<string, string | number>> {
  switch (verdict.kind) {
    case 'within':
      return {
        kind: 'within',
        headroomYuan: formatDecimal(verdict.headroomYuan),
        tier: verdict.tier,
      }
    case 'above':
      return {
        kind: 'above',
        capYuan: formatDecimal(verdict.capYuan),
        postedYuan: formatDecimal(verdict.postedYuan),
        tier: verdict.tier,
      }
    case 'not_comparable':
      return { kind: 'not_comparable', reason: verdict.reason }
    default:
      return assertNever(verdict)
  }
}
