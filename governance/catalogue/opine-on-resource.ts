import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { OpineOnResource, OpineOnResourceResult } from './contract.ts'
import { lockResource, updateResource } from './resource.queries.ts'

/**
 * The provider's opinion on its own resource, with class and level by the classification standard
 * (R15, R16). Without it nothing reaches the catalogue.
 */
export async function opineOnResource(
  ctx: Context,
  input: OpineOnResource,
): Promise<OpineOnResourceResult> {
  requirePermission(ctx, 'resource:opine')
  if (input.opinion.trim() === '') refuseValue('opinion', 'required')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const resource = await lockResource(tx, input.resourceId)
    requireOwn(ctx, resource.providerId)
    if (resource.status !== 'proposed') {
      if (resource.nationalClass === input.nationalClass && resource.level === input.level)
        return { kind: 'already_opined' }
      throw new DomainError('INVALID_TRANSITION', { status: resource.status })
    }
    await updateResource(tx, resource.id, {
      status: 'opined',
      national_class: input.nationalClass,
      level: input.level,
      provider_opinion: input.opinion,
      provider_opined_by: actorId(ctx.actor),
      provider_opined_at: now,
    })
    await audit(tx, ctx, {
      action: 'resource:opine',
      objectType: 'resource',
      objectId: resource.id,
      detail: { nationalClass: input.nationalClass, level: input.level },
    })
    return { kind: 'opined' }
  })
}
