import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { UseApplicationView } from './contract.ts'
import { selectUseApplications } from './use-application.queries.ts'

/** Use applications, the newest first: a buyer its own, an operator those for its products. */
export async function listUseApplications(
  ctx: Context,
  input: PageRequest & Readonly<{ status?: UseApplicationView['status'] | undefined }>,
): Promise<Page<UseApplicationView>> {
  requirePermission(ctx, 'use_application:read')
  const limit = pageLimit(input)
  const rows = await selectUseApplications(ctx.db, {
    buyerId: onlyOwn(ctx, 'buyer'),
    operatorId: onlyOwn(ctx, 'operator'),
    status: input.status,
    before: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.id])
}
