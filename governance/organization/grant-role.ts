import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { found, isOfKind, requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { GrantRole, GrantRoleResult } from './contract.ts'
import { findOrganization } from './organization.queries.ts'
import { insertMembership, listMemberships, lockPerson } from './person.queries.ts'
import { isRoleOfKind } from './roles-of-kind.ts'

/**
 * Gives a person a role in an organization. An organization's administrator grants within its own; the
 * system administrator makes other organizations' administrators and decides no business (R92).
 *
 * @throws ROLE_NOT_FOR_ORGANIZATION; DUTIES_SEPARATED for two administrator duties, or two of maker,
 * checker and head (R72, kept by unique indexes)
 */
export async function grantRole(ctx: Context, input: GrantRole): Promise<GrantRoleResult> {
  requirePermission(ctx, 'person:invite')
  const isFirstAdministrator = isOfKind(ctx, 'platform') && input.role === 'organization_admin'
  if (ctx.actor.kind !== 'system' && !isFirstAdministrator) requireOwn(ctx, input.organizationId)
  return change(ctx, async (tx) => {
    const organization = found(await findOrganization(tx, input.organizationId))
    if (!isRoleOfKind(input.role, organization.kind))
      throw new DomainError('ROLE_NOT_FOR_ORGANIZATION', { role: input.role })
    const person = await lockPerson(tx, input.personId)
    if (person.status !== 'active')
      throw new DomainError('INVALID_TRANSITION', { status: person.status })
    const id = newId('membership', ctx.clock)
    const inserted = await insertMembership(tx, {
      id,
      person_id: input.personId,
      organization_id: input.organizationId,
      role: input.role,
      granted_by: actorId(ctx.actor),
      granted_at: ctx.clock.now(),
    })
    if (inserted === undefined)
      return { kind: 'already_granted', membershipId: await heldRole(tx, input) }
    await audit(tx, ctx, {
      action: 'person:grant_role',
      objectType: 'person',
      objectId: input.personId,
      detail: { role: input.role, organizationId: input.organizationId },
    })
    return { kind: 'granted', membershipId: id }
  })
}

async function heldRole(tx: Tx, input: GrantRole): Promise<Id<'membership'>> {
  const held = (await listMemberships(tx, input.personId)).find(
    (each) => each.organizationId === input.organizationId && each.role === input.role,
  )
  invariant(held, 'a role that could not be inserted twice is held')
  return held.id
}
