import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { getResourceStandings } from '#governance/catalogue/resource.queries.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { DraftScenario, DraftScenarioResult } from './contract.ts'
import { getScenarioByCode, insertScenario } from './scenario.queries.ts'

/**
 * Drafts an application scenario with the data it needs and its purpose class, which decides whether
 * its use can be charged (R24, R27).
 *
 * @throws OPERATOR_NOT_ACTIVE, RESOURCE_PROHIBITED; CONFLICT where another operator has the code
 */
export async function draftScenario(
  ctx: Context,
  input: DraftScenario,
): Promise<DraftScenarioResult> {
  requirePermission(ctx, 'scenario:draft')
  const operatorId = ownOrganization(ctx)
  const now = ctx.clock.now()
  for (const field of ['code', 'name', 'nameEn', 'description', 'purposeEvidence'] as const)
    if (input[field].trim() === '') refuseValue(field, 'required')
  const resourceIds = [...new Set(input.resourceIds)]
  if (resourceIds.length === 0) refuseValue('resourceIds', 'required')
  return change(ctx, async (tx) => {
    await requireActiveOperator(tx, { operatorId, at: now })
    const standings = await getResourceStandings(tx, resourceIds)
    const prohibited = standings.filter((each) => each.opening === 'prohibited')
    if (prohibited.length > 0)
      throw new DomainError('RESOURCE_PROHIBITED', { codes: prohibited.map((each) => each.code) })
    const id = newId('scenario', ctx.clock)
    const row = {
      id,
      code: input.code,
      name: input.name,
      name_en: input.nameEn,
      operator_id: operatorId,
      description: input.description,
      purpose_class: input.purposeClass,
      purpose_evidence: input.purposeEvidence,
      status: 'draft' as const,
      recorded_by: actorId(ctx.actor),
      recorded_at: now,
    }
    const inserted = await insertScenario(tx, row, resourceIds)
    if (inserted === undefined) {
      const known = await getScenarioByCode(tx, input.code)
      if (known.operatorId !== operatorId) throw new DomainError('CONFLICT', { code: input.code })
      return { kind: 'already_drafted', scenarioId: known.id }
    }
    await audit(tx, ctx, {
      action: 'scenario:draft',
      objectType: 'scenario',
      objectId: id,
      detail: { code: input.code, purposeClass: input.purposeClass },
    })
    return { kind: 'drafted', scenarioId: id }
  })
}
