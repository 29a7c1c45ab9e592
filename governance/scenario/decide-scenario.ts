import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { DecideScenario, DecideScenarioResult } from './contract.ts'
import { nextScenarioStatus } from './lifecycle.ts'
import { listConcernedProviders, lockScenario, updateScenario } from './scenario.queries.ts'

/**
 * The data bureau's decision, once per scenario (一场景一审核). It can approve only what every
 * provider concerned has agreed to; where one rejects, it can only reject (R25).
 *
 * @throws PROVIDER_OPINION_MISSING naming who is missing and who rejected
 */
export async function decideScenario(
  ctx: Context,
  input: DecideScenario,
): Promise<DecideScenarioResult> {
  requirePermission(ctx, 'scenario:decide')
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  const now = ctx.clock.now()
  const outcome = input.verdict === 'approve' ? 'approved' : 'rejected'
  return change(ctx, async (tx) => {
    const scenario = await lockScenario(tx, input.scenarioId)
    if (scenario.status === outcome) return { kind: 'already_decided' }
    const status = nextScenarioStatus(scenario.status, input.verdict)
    if (input.verdict === 'approve') await requireAllAgreed(tx, input.scenarioId)
    await updateScenario(tx, input.scenarioId, {
      status,
      decided_by: actorId(ctx.actor),
      decided_at: now,
      decision_reason: input.reason,
    })
    await audit(tx, ctx, {
      action: 'scenario:decide',
      objectType: 'scenario',
      objectId: input.scenarioId,
      detail: { verdict: input.verdict, reason: input.reason },
    })
    return { kind: outcome }
  })
}

async function requireAllAgreed(tx: Tx, scenarioId: Id<'scenario'>): Promise<void> {
  const concerned = await listConcernedProviders(tx, [scenarioId])
  const namesOf = (verdict: 'reject' | null) =>
    concerned.filter((each) => each.verdict === verdict).map((each) => each.providerName)
  const [missing, rejected] = [namesOf(null), namesOf('reject')]
  if (missing.length + rejected.length > 0)
    throw new DomainError('PROVIDER_OPINION_MISSING', { missing, rejected })
}
