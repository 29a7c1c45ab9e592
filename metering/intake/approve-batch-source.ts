import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { lockBatchSource, saveSource } from './batch-source.queries.ts'

/** The security administrator lets a source report. Errors: FORBIDDEN, NOT_FOUND, SELF_APPROVAL, INVALID_TRANSITION. */
export async function approveBatchSource(
  ctx: Context,
  input: Readonly<{ sourceId: Id<'source'> }>,
): Promise<Readonly<{ kind: 'approved' | 'already_approved' }>> {
  requirePermission(ctx, 'batch_source:approve')
  return inTransaction(ctx.db, async (tx) => {
    const source = await lockBatchSource(tx, input.sourceId)
    if (!source) throw new DomainError('NOT_FOUND')
    if (source.revokedAt) throw new DomainError('INVALID_TRANSITION')
    if (source.approvedAt) return { kind: 'already_approved' }
    const by = actorId(ctx.actor)
    if (source.registeredBy === by) throw new DomainError('SELF_APPROVAL')
    await saveSource(tx, source.sourceId, { approved_by: by, approved_at: ctx.clock.now() })
    await audit(tx, ctx, {
      action: 'batch_source:approve',
      objectType: 'batch_source',
      objectId: source.sourceId,
    })
    return { kind: 'approved' }
  })
}
