import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { SubmitScenario, SubmitScenarioResult } from './contract.ts'
import { nextScenarioStatus } from './lifecycle.ts'
import { lockScenario, updateScenario } from './scenario.queries.ts'

/** Hands a scenario to the data bureau and to every provider concerned (R25). */
export async function submitScenario(
  ctx: Context,
  input: SubmitScenario,
): Promise<SubmitScenarioResult> {
  requirePermission(ctx, 'scenario:submit')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const scenario = await lockScenario(tx, input.scenarioId)
    requireOwn(ctx, scenario.operatorId)
    await requireActiveOperator(tx, { operatorId: scenario.operatorId, at: now })
    if (scenario.status === 'submitted') return { kind: 'already_submitted' }
    await updateScenario(tx, input.scenarioId, {
      status: nextScenarioStatus(scenario.status, 'submit'),
      submitted_by: actorId(ctx.actor),
      submitted_at: now,
    })
    await audit(tx, ctx, {
      action: 'scenario:submit',
      objectType: 'scenario',
      objectId: input.scenarioId,
    })
    return { kind: 'submitted' }
  })
}
