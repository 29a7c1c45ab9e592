import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isOfKind, requireOwn } from '#governance/own.ts'
import { suspendUnsupported } from '#governance/product/suspend-unsupported.ts'
import { change } from '#governance/refusals.ts'
import type { SetResourceOpening, SetResourceOpeningResult } from './contract.ts'
import { lockResource, updateResource } from './resource.queries.ts'
import { recordResourceStop } from './stop-resource.ts'

/**
 * Changes whether a resource may be opened. Once prohibited it is out of the catalogue, and every
 * listed product made of it is suspended in the same transaction, with an incident (R17, R87).
 */
export async function setResourceOpening(
  ctx: Context,
  input: SetResourceOpening,
): Promise<SetResourceOpeningResult> {
  requirePermission(ctx, 'resource:propose')
  const openedAt = ctx.clock.now()
  return change(ctx, async (tx) => {
    const resource = await lockResource(tx, input.resourceId)
    if (isOfKind(ctx, 'provider')) requireOwn(ctx, resource.providerId)
    if (resource.opening === input.opening) return { kind: 'unchanged', suspendedProductIds: [] }
    const isWithdrawn = input.opening === 'prohibited' && resource.status === 'published'
    await updateResource(tx, resource.id, {
      opening: input.opening,
      ...(isWithdrawn ? { status: 'withdrawn' } : {}),
    })
    await audit(tx, ctx, {
      action: 'resource:set_opening',
      objectType: 'resource',
      objectId: resource.id,
      detail: { from: resource.opening, to: input.opening, reason: input.reason },
    })
    if (input.opening !== 'prohibited') return { kind: 'changed', suspendedProductIds: [] }
    const suspended = await suspendUnsupported(tx, ctx, `数据资源列为禁止开放：${input.reason}`)
    if (suspended.length > 0)
      await recordResourceStop(tx, ctx, { resource, reason: input.reason, openedAt })
    return { kind: 'changed', suspendedProductIds: suspended }
  })
}
