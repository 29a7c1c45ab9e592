import { findOrganization, isRoleOfKind } from '#governance/index.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission, type Role } from '#kernel/permissions.ts'
import { newToken } from './invitation.ts'
import { insertInvitation } from './invitation.queries.ts'

export type InvitePerson = Readonly<{
  email: string
  name: string
  organizationId: Id<'org'>
  roles: readonly Role[]
}>
/** The token is told this once. */
export type InvitePersonResult = Readonly<{
  kind: 'invited'
  invitationId: Id<'invite'>
  token: string
  expiresAt: Date
}>

const validMs = 7 * 24 * 60 * 60 * 1000

/**
 * Invites somebody into one's own organization, with roles of its kind; the system administrator also makes
 * other organizations' first administrators, and nothing else there (R92).
 * Errors: FORBIDDEN; NOT_FOUND for another organization; ROLE_NOT_FOR_ORGANIZATION.
 */
export async function invitePerson(ctx: Context, input: InvitePerson): Promise<InvitePersonResult> {
  requirePermission(ctx, 'person:invite')
  const now = ctx.clock.now()
  const organization = await findOrganization(ctx.db, input.organizationId)
  if (!organization || !mayInviteInto(ctx, input)) throw new DomainError('NOT_FOUND')
  if (input.roles.length === 0) refuseValue('roles', 'required')
  const foreign = input.roles.find((role) => !isRoleOfKind(role, organization.kind))
  if (foreign !== undefined) throw new DomainError('ROLE_NOT_FOR_ORGANIZATION', { role: foreign })
  const { token, tokenDigest } = newToken()
  const invitationId = newId('invite', ctx.clock)
  const expiresAt = new Date(now.getTime() + validMs)
  return inTransaction(ctx.db, async (tx) => {
    await insertInvitation(tx, {
      id: invitationId,
      kind: 'member',
      tokenDigest,
      email: input.email.trim().toLowerCase(),
      name: input.name.trim(),
      organizationId: input.organizationId,
      roles: input.roles,
      invitedBy: actorId(ctx.actor),
      invitedAt: now,
      expiresAt,
    })
    await audit(tx, ctx, {
      action: 'person:invite',
      objectType: 'invitation',
      objectId: invitationId,
      detail: { organizationId: input.organizationId, roles: input.roles },
    })
    return { kind: 'invited', invitationId, token, expiresAt }
  })
}

function mayInviteInto({ actor }: Context, input: InvitePerson): boolean {
  if (actor.kind === 'system') return true
  if (actor.kind !== 'person') return false
  if (actor.organizationId === input.organizationId) return true
  return (
    actor.roles.includes('system_admin') &&
    input.roles.every((role) => role === 'organization_admin')
  )
}
