import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { Organization } from './contract.ts'
import { selectOrganizations } from './organization.queries.ts'

/** Every organization, in the order of registration. */
export async function listOrganizations(
  ctx: Context,
  input: PageRequest & Readonly<{ organizationKind?: Organization['kind'] | undefined }>,
): Promise<Page<Organization>> {
  requirePermission(ctx, 'organization:read')
  const limit = pageLimit(input)
  const rows = await selectOrganizations(ctx.db, {
    kind: input.organizationKind,
    after: readCursor(input, 1)?.[0],
    limit: limit + 1,
  })
  return pageOf(rows, limit, (row) => [row.id])
}
