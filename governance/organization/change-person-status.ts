import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isOfKind, ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ChangePersonStatus, ChangePersonStatusResult } from './contract.ts'
import {
  listMemberships,
  lockPerson,
  updateMembershipsEnded,
  updatePersonStatus,
} from './person.queries.ts'

/**
 * Suspends a person, lets them in again, or removes them for good with every role. An organization's
 * administrator does so only for people who belong to nobody else's organization.
 *
 * @throws NOT_FOUND for people of others; INVALID_TRANSITION for somebody removed
 */
export async function changePersonStatus(
  ctx: Context,
  input: ChangePersonStatus,
): Promise<ChangePersonStatusResult> {
  requirePermission(ctx, input.to === 'removed' ? 'person:remove' : 'person:suspend')
  return change(ctx, async (tx) => {
    const person = await lockPerson(tx, input.personId)
    await requireOwnPerson(tx, ctx, input)
    if (person.status === input.to) return { kind: 'unchanged' }
    if (person.status === 'removed')
      throw new DomainError('INVALID_TRANSITION', { status: person.status })
    await updatePersonStatus(tx, { personId: input.personId, status: input.to })
    if (input.to === 'removed')
      await updateMembershipsEnded(tx, {
        personId: input.personId,
        by: actorId(ctx.actor),
        at: ctx.clock.now(),
      })
    await audit(tx, ctx, {
      action: 'person:change_status',
      objectType: 'person',
      objectId: input.personId,
      detail: { from: person.status, to: input.to, reason: input.reason },
    })
    return { kind: 'changed' }
  })
}

async function requireOwnPerson(tx: Tx, ctx: Context, input: ChangePersonStatus): Promise<void> {
  if (isOfKind(ctx, 'platform')) return
  const own = ownOrganization(ctx)
  const memberships = await listMemberships(tx, input.personId)
  const isOwn = memberships.length > 0 && memberships.every((each) => each.organizationId === own)
  if (!isOwn) throw new DomainError('NOT_FOUND')
}
