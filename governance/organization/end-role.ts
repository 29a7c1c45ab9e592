import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isOfKind, requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { EndRole, EndRoleResult } from './contract.ts'
import { lockMembership, updateMembershipsEnded } from './person.queries.ts'

/** Takes a role away; the person is without it from the next request on. */
export async function endRole(ctx: Context, input: EndRole): Promise<EndRoleResult> {
  requirePermission(ctx, 'person:remove')
  return change(ctx, async (tx) => {
    const membership = await lockMembership(tx, input.membershipId)
    if (!isOfKind(ctx, 'platform')) requireOwn(ctx, membership.organizationId)
    if (membership.endedAt !== null) return { kind: 'already_ended' }
    await updateMembershipsEnded(tx, {
      id: input.membershipId,
      by: actorId(ctx.actor),
      at: ctx.clock.now(),
    })
    await audit(tx, ctx, {
      action: 'person:end_role',
      objectType: 'person',
      objectId: membership.personId,
      detail: { role: membership.role, organizationId: membership.organizationId },
    })
    return { kind: 'ended' }
  })
}
