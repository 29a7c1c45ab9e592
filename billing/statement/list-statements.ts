import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { ownOperator } from '#billing/own.ts'
import type { StatementContent } from './statement-content.ts'
import {
  findReturn,
  findStatementHeads,
  findTreasuryPayments,
  getVersionContent,
  listSignatures,
} from './statement.queries.ts'
import type { StatementDocument, StatementHead } from './statement.ts'

/** The latest version of each statement I may see, newest month first; operators see their own. */
export async function listStatements(
  ctx: Context,
  input: Readonly<{ operatorId?: Id<'org'>; month?: Month }> = {},
): Promise<StatementHead[]> {
  requirePermission(ctx, 'statement:read')
  const operatorId = ownOperator(ctx) ?? input.operatorId
  const heads = await findStatementHeads(ctx.db, {
    ...(operatorId === undefined ? {} : { operatorId }),
    ...(input.month === undefined ? {} : { month: input.month }),
  })
  return heads.filter(
    (head, index) => heads.findIndex((other) => other.statementId === head.statementId) === index,
  )
}

/** One statement: its latest version, or the version asked for. Errors: NOT_FOUND. */
export async function getStatement(
  ctx: Context,
  input: Readonly<{ statementId: Id<'stmt'>; version?: number }>,
): Promise<StatementDocument> {
  requirePermission(ctx, 'statement:read')
  const operatorId = ownOperator(ctx)
  const heads = await findStatementHeads(ctx.db, {
    statementId: input.statementId,
    ...(operatorId === undefined ? {} : { operatorId }),
  })
  const head = heads.find((each) => input.version === undefined || each.version === input.version)
  if (head === undefined) throw new DomainError('NOT_FOUND')
  const { contentText } = await getVersionContent(ctx.db, head.versionId)
  const treasury = await findTreasuryPayments(ctx.db, { statementId: input.statementId })
  const returns = await Promise.all(heads.map((each) => findReturn(ctx.db, each.versionId)))
  return {
    ...head,
    content: JSON.parse(contentText) as StatementContent,
    contentText,
    signatures: await listSignatures(ctx.db, head.versionId),
    returned: (await findReturn(ctx.db, head.versionId)) ?? null,
    treasuryPayment: treasury.find((payment) => payment.versionId === head.versionId) ?? null,
    versions: heads.map((each, index) => ({
      versionId: each.versionId,
      version: each.version,
      status: each.status,
      generatedAt: each.generatedAt,
      contentDigest: each.contentDigest,
      returnReason: returns[index]?.reason ?? null,
    })),
  }
}
