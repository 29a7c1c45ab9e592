import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { liftStopOfGone } from '#governance/incident/lift-stop.ts'
import { isOfKind, requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import { lockKeyRow, updateApiKeyRevoked } from './access-key.queries.ts'
import type { RevokeApiKey, RevokeApiKeyResult } from './contract.ts'

/** Revokes a key for good: by its buyer, or by the security administrator in an emergency. */
export async function revokeApiKey(ctx: Context, input: RevokeApiKey): Promise<RevokeApiKeyResult> {
  requirePermission(ctx, 'api_key:revoke')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const key = await lockKeyRow(tx, input.keyId)
    if (!isOfKind(ctx, 'platform')) requireOwn(ctx, key.buyer_id)
    if (key.revoked_at !== null) return { kind: 'already_revoked', revokedAt: key.revoked_at }
    await liftStopOfGone(tx, ctx, { kind: 'api_key', id: input.keyId }, '密钥已撤销')
    await updateApiKeyRevoked(tx, { id: input.keyId, by: actorId(ctx.actor), at: now })
    await audit(tx, ctx, {
      action: 'api_key:revoke',
      objectType: 'api_key',
      objectId: input.keyId,
    })
    return { kind: 'revoked', revokedAt: now }
  })
}
