import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { lockOrganization } from '#governance/organization/organization.queries.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ApplyForUse, ApplyForUseResult } from './contract.ts'
import { type UseTerms, useTermsSchema } from './terms.ts'
import {
  findAgreementInForce,
  findOpenUse,
  getProductUse,
  insertUseApplication,
} from './use-application.queries.ts'

/**
 * An active buyer asks to use one product in one approved scenario, with the limits it wants. An
 * approval of the product in another scenario gives no right here (R25).
 *
 * @throws BUYER_NOT_ACTIVE, PRODUCT_NOT_LISTED, SCENARIO_NOT_APPROVED, VALIDATION_FAILED for the terms
 */
export async function applyForUse(ctx: Context, input: ApplyForUse): Promise<ApplyForUseResult> {
  requirePermission(ctx, 'use_application:apply')
  const buyerId = ownOrganization(ctx)
  const now = ctx.clock.now()
  if (input.purpose.trim() === '') refuseValue('purpose', 'required')
  const terms = checkTerms(input.terms)
  const { productId, scenarioId } = input
  return change(ctx, async (tx) => {
    await requireUsable(tx, { buyerId, productId, scenarioId, at: now })
    const open = await findOpenUse(tx, { buyerId, productId, scenarioId })
    if (open !== undefined)
      return { kind: 'already_applied', useApplicationId: open.id, number: open.number }
    const id = newId('application', ctx.clock)
    const year = Number(dayOf(now).slice(0, 4))
    const number = await nextDocumentNumber(tx, { prefix: 'SY', year })
    await insertUseApplication(tx, {
      id,
      number,
      buyer_id: buyerId,
      product_id: productId,
      scenario_id: scenarioId,
      purpose: input.purpose,
      requested_terms: JSON.stringify(terms),
      applied_by: actorId(ctx.actor),
      applied_at: now,
      status: 'submitted',
    })
    await audit(tx, ctx, {
      action: 'use_application:apply',
      objectType: 'use_application',
      objectId: id,
      detail: { number, productId, scenarioId },
    })
    return { kind: 'applied', useApplicationId: id, number }
  })
}

function checkTerms(terms: UseTerms): UseTerms {
  const parsed = useTermsSchema.safeParse(terms)
  if (!parsed.success)
    throw new DomainError('VALIDATION_FAILED', {
      fields: parsed.error.issues.map((issue) => ({
        field: ['terms', ...issue.path.map(String)].join('.'),
        reason: issue.message,
      })),
    })
  if (parsed.data.endsOn < parsed.data.startsOn) refuseValue('terms.endsOn', 'before_start')
  return parsed.data
}

async function requireUsable(
  tx: Tx,
  use: Readonly<{
    buyerId: Id<'org'>
    productId: Id<'product'>
    scenarioId: Id<'scenario'>
    at: Date
  }>,
): Promise<void> {
  const buyer = await lockOrganization(tx, use.buyerId)
  if (buyer.status !== 'active') throw new DomainError('BUYER_NOT_ACTIVE', { status: buyer.status })
  const { operatorId, isListed, isApprovedScenario } = await getProductUse(tx, use)
  await requireActiveOperator(tx, { operatorId, at: use.at })
  const agreement = await findAgreementInForce(tx, { ...use, operatorId })
  if (agreement === undefined) throw new DomainError('BUYER_NOT_ACTIVE')
  if (!isListed) throw new DomainError('PRODUCT_NOT_LISTED')
  if (!isApprovedScenario) throw new DomainError('SCENARIO_NOT_APPROVED')
}
