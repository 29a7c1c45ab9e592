import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { isRawPublicKey } from '#kernel/crypto/signature.ts'
import { inTransaction, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { insertBatchSource, processingModes } from './batch-source.queries.ts'

export type RegisterBatchSource = Readonly<{
  name: string
  publicKey: string
  productVersionIds: readonly string[]
}>

/** Only what is worked on inside the platform is reported in batches; the rest passes the gateway (R41, R90). */
const reportedInBatches: readonly string[] = ['sandbox', 'privacy_computing']

/**
 * Registers a source of signed batches; it may report nothing until the security administrator approves.
 * Errors: FORBIDDEN, VALIDATION_FAILED, CONFLICT (the key is another source's).
 */
export async function registerBatchSource(
  ctx: Context,
  input: RegisterBatchSource,
): Promise<Readonly<{ kind: 'registered'; sourceId: Id<'source'> }>> {
  requirePermission(ctx, 'batch_source:register')
  if (input.name.trim() === '') refuseValue('name', 'empty')
  if (!isRawPublicKey(input.publicKey)) refuseValue('public_key', 'not_ed25519')
  return inTransaction(ctx.db, async (tx) => {
    if (input.productVersionIds.length === 0) refuseValue('product_version_ids', 'empty')
    const modes = await processingModes(tx, input.productVersionIds)
    for (const versionId of input.productVersionIds)
      if (!reportedInBatches.includes(modes.get(versionId) ?? ''))
        refuseValue('product_version_ids', 'not_worked_on_inside')
    const sourceId = newId('source', ctx.clock)
    await insertBatchSource(tx, {
      ...input,
      sourceId,
      registeredBy: actorId(ctx.actor),
      registeredAt: ctx.clock.now(),
    }).catch((error: unknown) => {
      if (violatedConstraint(error) === 'batch_source_key_unique') throw new DomainError('CONFLICT')
      throw error
    })
    await audit(tx, ctx, {
      action: 'batch_source:register',
      objectType: 'batch_source',
      objectId: sourceId,
      detail: { ...input },
    })
    return { kind: 'registered', sourceId }
  })
}
