import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type ListedSource, listSources } from './batch-source.queries.ts'

/** Sources of signed batches, and how far each has reported. Errors: FORBIDDEN. */
export async function listBatchSources(ctx: Context): Promise<ListedSource[]> {
  requirePermission(ctx, 'batch_source:read')
  return listSources(ctx.db)
}
