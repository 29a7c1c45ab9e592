import { sql } from 'kysely'
import { audit } from '#kernel/audit.ts'
import { canonicalDigest } from '#kernel/canonical-json.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Month, startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { findLastStatementMonth } from './split-rule.queries.ts'
import { formatSplitRule, parseSplitRule } from './split-rule.ts'

export type DraftSplitRule = Readonly<{
  operatorId: Id<'org'>
  title: string
  /** As storedSplitRule has it; checked by parseSplitRule. */
  rule: unknown
  /** Why the rule is set up or changed (动态调整). */
  reason: string
  documentId: Id<'policy'>
  /** A rule holds from the beginning of a month, so that a month has one rule. */
  effectiveFromMonth: Month
  isSample?: boolean
}>
export type DraftSplitRuleResult = Readonly<{
  kind: 'drafted'
  ruleId: Id<'rule'>
  version: number
  formDigest: string
}>

/**
 * Writes the next version of an operator's split rule, with its reason and document (R67). It holds
 * nothing until both bureaus have approved its digest. Errors: VALIDATION_FAILED for a rule that
 * cannot be divided by or an empty reason, CONFLICT for a month that has a statement already,
 * NOT_FOUND for an unknown operator or document.
 */
export async function draftSplitRule(
  ctx: Context,
  input: DraftSplitRule,
): Promise<DraftSplitRuleResult> {
  requirePermission(ctx, 'split_rule:draft')
  if (input.title.trim() === '') refuseValue('title', 'empty')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  const form = formatSplitRule(parseSplitRule(input.rule))
  const formDigest = canonicalDigest(form)
  const ruleId = newId('rule', ctx.clock)
  const now = ctx.clock.now()
  try {
    return await inTransaction(ctx.db, async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${`split-rule:${input.operatorId}`}))`.execute(
        tx,
      )
      const settled = await findLastStatementMonth(tx, input.operatorId)
      if (settled !== undefined && input.effectiveFromMonth <= settled)
        throw new DomainError('CONFLICT', { reason: 'month_already_settled', month: settled })
      const { last } = await tx
        .selectFrom('billing.split_rule')
        .select(sql<number>`coalesce(max(version), 0)`.as('last'))
        .where('operator_id', '=', input.operatorId)
        .executeTakeFirstOrThrow()
      const version = last + 1
      await tx
        .insertInto('billing.split_rule')
        .values({
          id: ruleId,
          operator_id: input.operatorId,
          version,
          title: input.title.trim(),
          form: JSON.stringify(form),
          form_digest: formDigest,
          reason: input.reason.trim(),
          document_id: input.documentId,
          effective_from: startOfDay(`${input.effectiveFromMonth}-01`),
          is_sample: input.isSample ?? false,
          made_by: actorId(ctx.actor),
          made_at: now,
        })
        .execute()
      await audit(tx, ctx, {
        action: 'split_rule:draft',
        objectType: 'split_rule',
        objectId: ruleId,
        detail: { version, formDigest, effectiveFromMonth: input.effectiveFromMonth },
      })
      return { kind: 'drafted', ruleId, version, formDigest }
    })
  } catch (error) {
    if (violatedConstraint(error)?.endsWith('_fkey')) throw new DomainError('NOT_FOUND')
    throw error
  }
}
