import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import type { SplitRuleView } from './list-split-rules.ts'
import { findLastStatementMonth, findSplitRules } from './split-rule.queries.ts'

export type DecideSplitRule = Readonly<{
  ruleId: Id<'rule'>
  verdict: 'approved' | 'refused'
  /** The digest of the form that was read; another one is refused. */
  formDigest: string
  opinion: string
}>
export type DecideSplitRuleResult = Readonly<{
  kind: 'decided' | 'already_decided'
  /** Whether both bureaus have now approved it (R67). */
  isApproved: boolean
}>

/**
 * The opinion of one of the two bureaus; each decides once, kept by the key of the table. Approved
 * by both, the rule holds from its month on. Errors: NOT_FOUND, CONFLICT where another form was read
 * or a statement of its first month stands already, VALIDATION_FAILED for a refusal without reason.
 */
export async function decideSplitRule(
  ctx: Context,
  input: DecideSplitRule,
): Promise<DecideSplitRuleResult> {
  requirePermission(ctx, 'split_rule:approve')
  const bureau = bureauOf(ctx)
  if (input.verdict === 'refused' && input.opinion.trim() === '') refuseValue('opinion', 'empty')
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    const rule = await getRule(tx, input.ruleId)
    if (rule.formDigest !== input.formDigest)
      throw new DomainError('CONFLICT', { reason: 'another_form_was_read' })
    if (input.verdict === 'approved') await refuseSettledMonth(tx, rule)
    const inserted = await tx
      .insertInto('billing.split_rule_approval')
      .values({
        rule_id: input.ruleId,
        organization_kind: bureau,
        verdict: input.verdict,
        form_digest: input.formDigest,
        opinion: input.opinion.trim(),
        decided_by: actorId(ctx.actor),
        decided_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('rule_id')
      .executeTakeFirst()
    const decided = await getRule(tx, input.ruleId)
    const isApproved = decided.status === 'approved'
    if (inserted === undefined) return { kind: 'already_decided', isApproved }
    await audit(tx, ctx, {
      action: 'split_rule:approve',
      objectType: 'split_rule',
      objectId: input.ruleId,
      detail: { verdict: input.verdict, bureau, formDigest: input.formDigest, isApproved },
    })
    if (isApproved)
      await announce(tx, ctx.clock, {
        kind: 'split_rule.approved',
        jobId: `split-rule-approved-${input.ruleId}`,
        payload: { ruleId: input.ruleId, operatorId: decided.operatorId },
      })
    return { kind: 'decided', isApproved }
  })
}

function bureauOf(ctx: Context): 'data_bureau' | 'finance_bureau' {
  const kind = ctx.actor.kind === 'person' ? ctx.actor.organizationKind : undefined
  if (kind !== 'data_bureau' && kind !== 'finance_bureau')
    throw new DomainError('FORBIDDEN', { action: 'split_rule:approve' })
  return kind
}

async function getRule(tx: Tx, ruleId: string): Promise<SplitRuleView> {
  const [rule] = await findSplitRules(tx, { ruleId })
  if (rule === undefined) throw new DomainError('NOT_FOUND')
  return rule
}

/** No rule changes a month that was settled (R67); the next version names a later month. */
async function refuseSettledMonth(tx: Tx, rule: SplitRuleView): Promise<void> {
  const settled = await findLastStatementMonth(tx, rule.operatorId)
  if (settled !== undefined && rule.effectiveFromMonth <= settled)
    throw new DomainError('CONFLICT', { reason: 'month_already_settled', month: settled })
}
