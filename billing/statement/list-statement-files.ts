import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type DetailFile, detailFiles } from './detail-files.ts'
import { inputsOfVersion } from './regenerate.ts'
import { isOwn } from './sign-statement.ts'
import { sortedInputs } from './sorted-inputs.ts'
import { findStatementHeads } from './statement.queries.ts'

/** The files of part J, made from the members again; their digests stand in the statement. Errors: NOT_FOUND. */
export async function listStatementFiles(
  ctx: Context,
  versionId: Id<'sver'>,
): Promise<readonly DetailFile[]> {
  requirePermission(ctx, 'statement:read')
  const [head] = await findStatementHeads(ctx.db, { versionId })
  if (head === undefined || !isOwn(ctx, head)) throw new DomainError('NOT_FOUND')
  return detailFiles(sortedInputs(await inputsOfVersion(ctx.db, versionId)))
}
