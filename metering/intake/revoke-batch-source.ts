import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockBatchSource, saveSource } from './batch-source.queries.ts'

/** Ends a source; what it had reported stands. Errors: FORBIDDEN, NOT_FOUND. */
export async function revokeBatchSource(
  ctx: Context,
  input: Readonly<{ sourceId: Id<'source'> }>,
): Promise<Readonly<{ kind: 'revoked' | 'already_revoked' }>> {
  requirePermission(ctx, 'batch_source:revoke')
  return inTransaction(ctx.db, async (tx) => {
    const source = await lockBatchSource(tx, input.sourceId)
    if (!source) throw new DomainError('NOT_FOUND')
    if (source.revokedAt) return { kind: 'already_revoked' }
    const change = { revoked_by: actorId(ctx.actor), revoked_at: ctx.clock.now() }
    await saveSource(tx, source.sourceId, change)
    await audit(tx, ctx, {
      action: 'batch_source:revoke',
      objectType: 'batch_source',
      objectId: source.sourceId,
    })
    return { kind: 'revoked' }
  })
}
