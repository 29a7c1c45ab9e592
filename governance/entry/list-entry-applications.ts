import { actorOrganization, type Context } from '#kernel/context.ts'
import { can, requirePermission } from '#kernel/permissions.ts'
import { onlyOwn } from '#governance/own.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { EntryApplicationView } from './contract.ts'
import { selectEntries } from './entry.queries.ts'

/** Entry applications, the newest first: an applicant and an operator see their own. */
export async function listEntryApplications(
  ctx: Context,
  input: PageRequest & Readonly<{ status?: EntryApplicationView['status'] | undefined }>,
): Promise<Page<EntryApplicationView>> {
  const isReader = can(ctx.actor, 'organization:read')
  if (!isReader) requirePermission(ctx, 'use_application:apply')
  const limit = pageLimit(input)
  const rows = await selectEntries(ctx.db, {
    buyerId: isReader ? undefined : actorOrganization(ctx.actor),
    operatorId: onlyOwn(ctx, 'operator'),
    status: input.status,
    before: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.id])
}
