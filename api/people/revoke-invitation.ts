import { audit } from '#kernel/audit.ts'
import { actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'

/** Makes a link worthless before somebody uses it. Errors: FORBIDDEN, NOT_FOUND, INVALID_TRANSITION (accepted). */
export async function revokeInvitation(
  ctx: Context,
  input: Readonly<{ invitationId: Id<'invite'> }>,
): Promise<Readonly<{ kind: 'revoked' | 'already_revoked' }>> {
  requirePermission(ctx, 'person:invite')
  return inTransaction(ctx.db, async (tx) => {
    const invitation = await tx
      .selectFrom('governance.invitation')
      .select(['organization_id', 'accepted_at', 'revoked_at'])
      .where('id', '=', input.invitationId)
      .where('kind', '=', 'member')
      .forUpdate()
      .executeTakeFirst()
    if (!invitation || !isOwn(ctx, invitation.organization_id)) throw new DomainError('NOT_FOUND')
    if (invitation.revoked_at) return { kind: 'already_revoked' }
    if (invitation.accepted_at) throw new DomainError('INVALID_TRANSITION', { status: 'accepted' })
    await tx
      .updateTable('governance.invitation')
      .set({ revoked_at: ctx.clock.now() })
      .where('id', '=', input.invitationId)
      .execute()
    await audit(tx, ctx, {
      action: 'invitation:revoked',
      objectType: 'invitation',
      objectId: input.invitationId,
    })
    return { kind: 'revoked' }
  })
}

function isOwn({ actor }: Context, organizationId: string | null): boolean {
  if (actor.kind === 'person' && actor.roles.includes('system_admin')) return true
  return organizationId === actorOrganization(actor)
}
