import { audit } from '#kernel/audit.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { digest } from '#kernel/crypto/digest.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { parseMoneyYuan } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { type Month, monthPeriod, yearOfMonth } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { requireOwn } from '#billing/own.ts'
import { composeContent } from './compose-content.ts'
import { type Gathered, gatherStatement } from './gather-statement.ts'
import type { StatementBlocker } from './statement-readiness.ts'
import { insertMembers } from './statement-inputs.queries.ts'
import { findStatementHeads, lockStatementsOf } from './statement.queries.ts'

export type ComposeStatement = Readonly<{ operatorId: Id<'org'>; month: Month }>
export type ComposeStatementResult =
  | Readonly<{
      kind: 'composed' | 'already_composed'
      statementId: Id<'stmt'>
      versionId: Id<'sver'>
      version: number
      contentDigest: string
    }>
  | Readonly<{ kind: 'not_ready'; blockers: readonly StatementBlocker[] }>

/**
 * Makes the statement of a month, or after a return its next version (R71): every bill issued and
 * every receipt matched before the month's end that no statement carries yet. One version is open at
 * a time, kept by statement_one_open_version; asking again names it. Nothing is guessed: what is
 * missing comes back as blockers. A job may do it or the operator's maker.
 */
export async function composeStatement(
  ctx: Context,
  input: ComposeStatement,
): Promise<ComposeStatementResult> {
  requirePermission(ctx, 'statement:compose')
  requireOwn(ctx, input.operatorId)
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    await lockStatementsOf(tx, input.operatorId)
    const [latest] = await findStatementHeads(tx, input)
    if (latest !== undefined && latest.status !== 'returned')
      return { kind: 'already_composed', ...pick(latest) }
    const gathered = await gatherStatement(tx, { ...input, now })
    if (gathered.kind === 'blocked') return { kind: 'not_ready', blockers: gathered.blockers }
    const statement = latest ?? (await openStatement(tx, ctx, { ...input, gathered }))
    const version = (latest?.version ?? 0) + 1
    const made = await insertVersion(tx, ctx, {
      ...statement,
      version,
      month: input.month,
      gathered,
    })
    await audit(tx, ctx, {
      action: 'statement:compose',
      objectType: 'statement_version',
      objectId: made.versionId,
      detail: { number: statement.number, version, contentDigest: made.contentDigest },
    })
    await announce(tx, ctx.clock, {
      kind: 'statement.composed',
      jobId: `statement-composed-${made.versionId}`,
      payload: {
        statementId: statement.statementId,
        versionId: made.versionId,
        number: statement.number,
        operatorId: input.operatorId,
      },
    })
    return { kind: 'composed', statementId: statement.statementId, version, ...made }
  })
}

type Ready = Extract<Gathered, { kind: 'ready' }>

function pick(head: {
  statementId: Id<'stmt'>
  versionId: Id<'sver'>
  version: number
  contentDigest: string
}) {
  const { statementId, versionId, version, contentDigest } = head
  return { statementId, versionId, version, contentDigest }
}

async function openStatement(
  tx: Tx,
  ctx: Context,
  input: ComposeStatement & Readonly<{ gathered: Ready }>,
): Promise<Readonly<{ statementId: Id<'stmt'>; number: string }>> {
  const statementId = newId('stmt', ctx.clock)
  const number = await nextDocumentNumber(tx, { prefix: 'JS', year: yearOfMonth(input.month) })
  await tx
    .insertInto('billing.statement')
    .values({
      id: statementId,
      number,
      operator_id: input.operatorId,
      agreement_id: input.gathered.facts.agreement.id,
      month: input.month,
      opened_at: ctx.clock.now(),
    })
    .execute()
  return { statementId, number }
}

async function insertVersion(
  tx: Tx,
  ctx: Context,
  input: Readonly<{
    statementId: Id<'stmt'>
    number: string
    version: number
    month: Month
    gathered: Ready
  }>,
): Promise<Readonly<{ versionId: Id<'sver'>; contentDigest: string }>> {
  const { gathered, statementId, ...version } = input
  const generatedAt = ctx.clock.now()
  const cutOffAt = monthPeriod(input.month).to
  const content = composeContent({
    version: { ...version, generatedAt, cutOffAt },
    facts: gathered.facts,
    ...gathered.loaded,
  })
  const contentText = canonicalJson(content)
  const contentDigest = digest('sm3', contentText)
  const versionId = newId('sver', ctx.clock)
  await tx
    .insertInto('billing.statement_version')
    .values({
      id: versionId,
      statement_id: statementId,
      version: input.version,
      rule_id: gathered.ruleId,
      cut_off_at: cutOffAt,
      generated_at: generatedAt,
      content: contentText,
      content_digest: contentDigest,
      government_share_fen: parseMoneyYuan(content.split.governmentYuan),
      operator_share_fen: parseMoneyYuan(content.split.operatorYuan),
      base_fen: parseMoneyYuan(content.split.baseYuan),
      made_by: actorId(ctx.actor),
      copied: canonicalJson(gathered.facts),
    })
    .execute()
  await insertMembers(tx, { versionId, members: gathered.members })
  await tx
    .insertInto('billing.statement_standing')
    .values({
      version_id: versionId,
      statement_id: statementId,
      status: 'draft',
      status_changed_at: generatedAt,
    })
    .execute()
  return { versionId, contentDigest }
}
