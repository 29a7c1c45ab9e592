import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { suspendUnsupported } from '#governance/product/suspend-unsupported.ts'
import { change } from '#governance/refusals.ts'
import type { RevokeAuthorization, RevokeAuthorizationResult } from './contract.ts'
import { lockAuthorization, updateAuthorizationRevoked } from './operator.queries.ts'

/** Ends an authorization now; products left without one for a resource are suspended with it (R7). */
export async function revokeAuthorization(
  ctx: Context,
  input: RevokeAuthorization,
): Promise<RevokeAuthorizationResult> {
  requirePermission(ctx, 'authorization:revoke')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const authorization = await lockAuthorization(tx, input.authorizationId)
    if (authorization.revokedAt !== null)
      return { kind: 'already_revoked', revokedAt: authorization.revokedAt }
    await updateAuthorizationRevoked(tx, { id: input.authorizationId, at: now })
    await audit(tx, ctx, {
      action: 'authorization:revoke',
      objectType: 'authorization',
      objectId: input.authorizationId,
      detail: { reason: input.reason },
    })
    await suspendUnsupported(tx, ctx, `授权已撤销：${input.reason}`)
    return { kind: 'revoked', revokedAt: now }
  })
}
