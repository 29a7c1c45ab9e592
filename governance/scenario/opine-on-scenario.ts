import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { OpineOnScenario, OpineOnScenarioResult } from './contract.ts'
import { insertOpinion, listConcernedProviders, lockScenario } from './scenario.queries.ts'

/**
 * The opinion of a provider concerned, given once and kept with its time (R25). To a provider whose
 * data the scenario does not name, it is not there.
 *
 * @throws CONFLICT for a second opinion that differs from the first
 */
export async function opineOnScenario(
  ctx: Context,
  input: OpineOnScenario,
): Promise<OpineOnScenarioResult> {
  requirePermission(ctx, 'scenario:opine')
  const providerId = ownOrganization(ctx)
  const now = ctx.clock.now()
  if (input.opinion.trim() === '') refuseValue('opinion', 'required')
  return change(ctx, async (tx) => {
    const scenario = await lockScenario(tx, input.scenarioId)
    const concerned = await listConcernedProviders(tx, [input.scenarioId])
    const own = concerned.find((each) => each.providerId === providerId)
    if (own === undefined || scenario.status === 'draft') throw new DomainError('NOT_FOUND')
    if (own.verdict === input.verdict) return { kind: 'already_opined' }
    if (own.verdict !== null) throw new DomainError('CONFLICT', { verdict: own.verdict })
    if (scenario.status !== 'submitted')
      throw new DomainError('INVALID_TRANSITION', { status: scenario.status })
    await insertOpinion(tx, {
      scenario_id: input.scenarioId,
      provider_id: providerId,
      verdict: input.verdict,
      opinion: input.opinion,
      opined_by: actorId(ctx.actor),
      opined_at: now,
    })
    await audit(tx, ctx, {
      action: 'scenario:opine',
      objectType: 'scenario',
      objectId: input.scenarioId,
      detail: { providerId, verdict: input.verdict },
    })
    return { kind: 'opined' }
  })
}
