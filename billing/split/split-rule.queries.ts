import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Month, monthOf, startOfDay } from '#kernel/period.ts'
import { sql } from 'kysely'
import type { SplitRuleStatus, SplitRuleView } from './list-split-rules.ts'
import { type StoredSplitRule, storedSplitRule } from './split-rule.ts'

export async function findSplitRules(
  db: Database,
  filter: Readonly<{ ruleId?: string; operatorId?: string }>,
): Promise<SplitRuleView[]> {
  const rows = await db
    .selectFrom('billing.split_rule as r')
    .innerJoin('governance.organization as o', 'o.id', 'r.operator_id')
    .innerJoin('governance.policy_document as d', 'd.id', 'r.document_id')
    .select(['r.id', 'r.operator_id', 'o.name as operator_name', 'r.version', 'r.title', 'r.form'])
    .select(['r.form_digest', 'r.reason', 'd.title as document_title'])
    .select(['d.number as document_number', 'r.effective_from', 'r.is_sample', 'r.made_at'])
    .$if(filter.ruleId !== undefined, (query) => query.where('r.id', '=', filter.ruleId ?? ''))
    .$if(filter.operatorId !== undefined, (query) =>
      query.where('r.operator_id', '=', filter.operatorId ?? ''),
    )
    .orderBy('r.version', 'desc')
    .execute()
  const approvals = await approvalsOf(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => {
    const own = approvals.filter((each) => each.ruleId === row.id)
    return {
      ruleId: row.id as Id<'rule'>,
      operatorId: row.operator_id as Id<'org'>,
      operatorName: row.operator_name,
      version: row.version,
      title: row.title,
      rule: storedSplitRule.parse(row.form),
      formDigest: row.form_digest,
      reason: row.reason,
      documentTitle: row.document_title,
      documentNumber: row.document_number,
      effectiveFromMonth: monthOf(row.effective_from),
      isSample: row.is_sample,
      status: statusOf(own),
      madeAt: row.made_at,
      approvals: own.map(({ ruleId: _ruleId, ...approval }) => approval),
    }
  })
}

async function approvalsOf(db: Database, ruleIds: readonly string[]) {
  if (ruleIds.length === 0) return []
  const rows = await db
    .selectFrom('billing.split_rule_approval as a')
    .leftJoin('governance.person as p', 'p.id', 'a.decided_by')
    .select(['a.rule_id', 'a.organization_kind', 'a.verdict', 'a.opinion', 'a.decided_at'])
    .select(['a.decided_by', 'p.name'])
    .where('a.rule_id', 'in', ruleIds)
    .orderBy('a.organization_kind')
    .execute()
  return rows.map((row) => ({
    ruleId: row.rule_id,
    organizationKind: row.organization_kind,
    verdict: row.verdict,
    opinion: row.opinion,
    decidedBy: row.name ?? row.decided_by,
    decidedAt: row.decided_at,
  }))
}

function statusOf(approvals: readonly Readonly<{ verdict: string }>[]): SplitRuleStatus {
  if (approvals.some((approval) => approval.verdict === 'refused')) return 'refused'
  return approvals.length === 2 ? 'approved' : 'proposed'
}

export type SplitRuleInForce = Readonly<{
  ruleId: Id<'rule'>
  version: number
  title: string
  form: StoredSplitRule
  formDigest: string
  documentTitle: string
  documentNumber: string
  isSample: boolean
}>

/** The rule of a month: the latest one that both bureaus approved and that had begun by its first day (R67). */
export async function findSplitRuleInForce(
  db: Database,
  input: Readonly<{ operatorId: string; month: Month }>,
): Promise<SplitRuleInForce | undefined> {
  const row = await db
    .selectFrom('billing.split_rule as r')
    .innerJoin('governance.policy_document as d', 'd.id', 'r.document_id')
    .select(['r.id', 'r.version', 'r.title', 'r.form', 'r.form_digest', 'r.is_sample'])
    .select(['d.title as document_title', 'd.number as document_number'])
    .where('r.operator_id', '=', input.operatorId)
    .where('r.effective_from', '<=', startOfDay(`${input.month}-01`))
    .where(
      (where) =>
        where
          .selectFrom('billing.split_rule_approval as a')
          .select(sql<number>`count(*)::int`.as('approvals'))
          .whereRef('a.rule_id', '=', 'r.id')
          .whereRef('a.form_digest', '=', 'r.form_digest')
          .where('a.verdict', '=', 'approved'),
      '=',
      2,
    )
    .orderBy('r.effective_from', 'desc')
    .orderBy('r.version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (
    row && {
      ruleId: row.id as Id<'rule'>,
      version: row.version,
      title: row.title,
      form: storedSplitRule.parse(row.form),
      formDigest: row.form_digest,
      documentTitle: row.document_title,
      documentNumber: row.document_number,
      isSample: row.is_sample,
    }
  )
}

/** The last month of an operator that has a statement which was not returned. */
export async function findLastStatementMonth(
  db: Database,
  operatorId: string,
): Promise<Month | undefined> {
  const row = await db
    .selectFrom('billing.statement as s')
    .innerJoin('billing.statement_standing as st', 'st.statement_id', 's.id')
    .select('s.month')
    .where('s.operator_id', '=', operatorId)
    .where('st.status', '<>', 'returned')
    .orderBy('s.month', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (row.month as Month)
}
