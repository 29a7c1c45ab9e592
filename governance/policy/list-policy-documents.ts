import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type Page, pageLimit, pageOf, type PageRequest, readCursor } from '#governance/page.ts'
import type { PolicyDocument } from './contract.ts'
import { selectPolicyDocuments } from './policy-document.queries.ts'

/** The policy register, in the order of registration. */
export async function listPolicyDocuments(
  ctx: Context,
  input: PageRequest,
): Promise<Page<PolicyDocument>> {
  requirePermission(ctx, 'policy_document:read')
  const limit = pageLimit(input)
  const after = readCursor(input, 1)?.[0]
  const rows = await selectPolicyDocuments(ctx.db, { after, limit: limit + 1 })
  return pageOf(rows, limit, (row) => [row.id])
}

/** The register as the public sees it. A city has some dozens of them, so there are no pages. */
export async function listPublicPolicyDocuments(db: Database): Promise<readonly PolicyDocument[]> {
  return selectPolicyDocuments(db, { after: undefined, limit: 500 })
}
