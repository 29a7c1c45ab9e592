import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isSource } from './batch-source.queries.ts'
import { type BatchStanding, listBatchStandings } from './usage-batch.queries.ts'

const shownMax = 100

/** Batches of a source and how far each is: accepted, forwarded, stored. Errors: FORBIDDEN, NOT_FOUND. */
export async function listUsageBatches(
  ctx: Context,
  input: Readonly<{ sourceId: Id<'source'> }>,
): Promise<BatchStanding[]> {
  requirePermission(ctx, 'batch_source:read')
  if (!(await isSource(ctx.db, input.sourceId))) throw new DomainError('NOT_FOUND')
  return listBatchStandings(ctx.db, { sourceId: input.sourceId, limit: shownMax })
}
