import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { ResourceStatus, ResourceView } from './contract.ts'
import { selectResources } from './resource.queries.ts'

/** Resources by code; a provider sees its own (R94). */
export async function listResources(
  ctx: Context,
  input: PageRequest & Readonly<{ status?: ResourceStatus | undefined }>,
): Promise<Page<ResourceView>> {
  requirePermission(ctx, 'resource:read')
  const limit = pageLimit(input)
  const rows = await selectResources(ctx.db, {
    providerId: onlyOwn(ctx, 'provider'),
    status: input.status,
    after: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.code])
}
