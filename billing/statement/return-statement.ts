import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { isOwn } from './sign-statement.ts'
import { nextSigning } from './statement-lifecycle.ts'
import { findStatementHeads, lockStanding, saveStatus } from './statement.queries.ts'

export type ReturnStatement = Readonly<{ versionId: Id<'sver'>; reason: string }>
export type ReturnStatementResult = Readonly<{ kind: 'returned' | 'already_returned' }>

/**
 * Gives a version back with a reason (R72). Whoever could sign the step it waits for may return it;
 * the version and its signatures stay readable, and composing makes the next one, which needs all
 * five signatures again. Errors: NOT_FOUND, INVALID_TRANSITION once it is locked.
 */
export async function returnStatement(
  ctx: Context,
  input: ReturnStatement,
): Promise<ReturnStatementResult> {
  const actor = ctx.actor
  if (actor.kind !== 'person') throw new DomainError('FORBIDDEN', { reason: 'people_only' })
  requirePermission(ctx, 'statement:read')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    const standing = await lockStanding(tx, input.versionId)
    const [head] = await findStatementHeads(tx, { versionId: input.versionId })
    if (standing === undefined || head === undefined || !isOwn(ctx, head))
      throw new DomainError('NOT_FOUND')
    if (standing.status === 'returned') return { kind: 'already_returned' }
    const waiting = nextSigning(standing.status)
    if (waiting === undefined)
      throw new DomainError('INVALID_TRANSITION', { status: standing.status })
    // A draft nobody signed goes back to its maker; all others by the right to return.
    if (waiting.step !== 'prepare') requirePermission(ctx, 'statement:return')
    requirePermission(ctx, waiting.permission)
    const organization = await tx
      .selectFrom('governance.organization')
      .select('name')
      .where('id', '=', actor.organizationId)
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('billing.statement_return')
      .values({
        version_id: input.versionId,
        returned_from: standing.status,
        reason: input.reason.trim(),
        person_id: actor.personId,
        organization_id: actor.organizationId,
        person_name: actor.name,
        organization_name: organization.name,
        returned_at: now,
      })
      .execute()
    await saveStatus(tx, { versionId: input.versionId, status: 'returned', at: now })
    await audit(tx, ctx, {
      action: 'statement:return',
      objectType: 'statement_version',
      objectId: input.versionId,
      detail: { number: head.number, from: standing.status, reason: input.reason.trim() },
    })
    await announce(tx, ctx.clock, {
      kind: 'statement.returned',
      jobId: `statement-returned-${input.versionId}`,
      payload: {
        statementId: head.statementId,
        versionId: input.versionId,
        number: head.number,
        operatorId: head.operatorId,
      },
    })
    return { kind: 'returned' }
  })
}
