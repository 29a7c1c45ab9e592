import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { addDays, dayOf, startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { getResourceStandings } from '#governance/catalogue/resource.queries.ts'
import { getPolicyDocument } from '#governance/policy/policy-document.queries.ts'
import { warnIfOutlivesBasis } from '#governance/policy/warn-if-outlives-basis.ts'
import { change } from '#governance/refusals.ts'
import type { GrantAuthorization, GrantAuthorizationResult } from './contract.ts'
import { insertAuthorization, lockAgreement } from './operator.queries.ts'

/**
 * Authorizes an operator to use resources for a time within its agreement (R6, R7). Authorizations do
 * not exclude one another: a resource may be in many at once (R8).
 *
 * @throws RESOURCE_PROHIBITED (R17), AGREEMENT_TERM, APPROVAL_DOCUMENT_MISSING; VALIDATION_FAILED for
 * an individual authorization without field, necessity or resources
 */
export async function grantAuthorization(
  ctx: Context,
  input: GrantAuthorization,
): Promise<GrantAuthorizationResult> {
  requirePermission(ctx, 'authorization:grant')
  checkScope(input)
  return change(ctx, async (tx) => {
    const basis = await getPolicyDocument(tx, input.documentId)
    await requireWithinAgreement(tx, input)
    const standings = await getResourceStandings(tx, input.resourceIds)
    const prohibited = standings.filter((each) => each.opening === 'prohibited')
    if (prohibited.length > 0)
      throw new DomainError('RESOURCE_PROHIBITED', { codes: prohibited.map((each) => each.code) })
    const id = newId('authz', ctx.clock)
    await insertAuthorization(
      tx,
      {
        id,
        operator_id: input.operatorId,
        agreement_id: input.agreementId,
        mode: input.mode,
        field_or_scenario: input.fieldOrScenario ?? null,
        necessity: input.necessity ?? null,
        reason: input.reason,
        document_id: input.documentId,
        effective_from: input.effectiveFrom,
        effective_to: input.effectiveTo,
        approved_by: actorId(ctx.actor),
        approved_at: ctx.clock.now(),
      },
      input.resourceIds,
    )
    await audit(tx, ctx, {
      action: 'authorization:grant',
      objectType: 'authorization',
      objectId: id,
      detail: { operatorId: input.operatorId, mode: input.mode, resourceIds: input.resourceIds },
    })
    const lastDay = dayOf(new Date(input.effectiveTo.getTime() - 1))
    return { kind: 'granted', authorizationId: id, warnings: warnIfOutlivesBasis(basis, lastDay) }
  })
}

function checkScope(input: GrantAuthorization): void {
  if (input.resourceIds.length === 0) refuseValue('resourceIds', 'required')
  if (new Set(input.resourceIds).size !== input.resourceIds.length)
    refuseValue('resourceIds', 'repeated')
  if (input.effectiveTo <= input.effectiveFrom) refuseValue('effectiveTo', 'not_after_start')
  if (input.mode !== 'individual') return
  if (!input.fieldOrScenario?.trim()) refuseValue('fieldOrScenario', 'required')
  if (!input.necessity?.trim()) refuseValue('necessity', 'required')
}

async function requireWithinAgreement(tx: Tx, input: GrantAuthorization): Promise<void> {
  const agreement = await lockAgreement(tx, input.agreementId)
  if (agreement.operatorId !== input.operatorId) throw new DomainError('NOT_FOUND')
  if (agreement.status !== 'in_force')
    throw new DomainError('INVALID_TRANSITION', { status: agreement.status })
  const endOfTerm = startOfDay(addDays(agreement.endsOn, 1))
  if (input.effectiveFrom < startOfDay(agreement.startsOn) || input.effectiveTo > endOfTerm)
    throw new DomainError('AGREEMENT_TERM', {
      startsOn: agreement.startsOn,
      endsOn: agreement.endsOn,
    })
}
