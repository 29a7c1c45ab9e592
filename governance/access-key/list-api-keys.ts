import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOrganization } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import { selectApiKeys } from './access-key.queries.ts'
import type { ApiKeyView } from './contract.ts'

/** A buyer's own keys, the newest first, by prefix and last four; the key itself is nowhere. */
export async function listApiKeys(ctx: Context, input: PageRequest): Promise<Page<ApiKeyView>> {
  requirePermission(ctx, 'api_key:read')
  const limit = pageLimit(input)
  const rows = await selectApiKeys(ctx.db, {
    buyerId: ownOrganization(ctx),
    before: readCursor(input, 1)?.[0],
    limit: limit + 1,
    at: ctx.clock.now(),
  })
  return pageOf(rows, limit, (row) => [row.id])
}
