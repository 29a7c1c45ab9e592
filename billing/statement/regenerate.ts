import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Month } from '#kernel/period.ts'
import { storedSplitRule } from '#billing/split/split-rule.ts'
import { loadMembers } from './load-inputs.ts'
import { listMembers } from './statement-inputs.queries.ts'
import type { CopiedFacts, StatementInputs } from './statement-inputs.ts'

/**
 * The inputs of a stored version again: its members by name, the rule itself, and the copied names,
 * codes and weights. Errors: NOT_FOUND.
 */
export async function inputsOfVersion(db: Database, versionId: string): Promise<StatementInputs> {
  const row = await db
    .selectFrom('billing.statement_version as v')
    .innerJoin('billing.statement as s', 's.id', 'v.statement_id')
    .innerJoin('billing.split_rule as r', 'r.id', 'v.rule_id')
    .select(['s.number', 's.month', 'v.version', 'v.cut_off_at', 'v.generated_at', 'v.copied'])
    .select(['r.form', 'r.form_digest'])
    .where('v.id', '=', versionId)
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('NOT_FOUND')
  const copied = JSON.parse(row.copied) as CopiedFacts
  const members = await listMembers(db, versionId)
  return {
    version: {
      number: row.number,
      version: row.version,
      month: row.month as Month,
      cutOffAt: row.cut_off_at,
      generatedAt: row.generated_at,
    },
    facts: {
      ...copied,
      rule: {
        ...copied.rule,
        form: storedSplitRule.parse(row.form),
        formDigest: row.form_digest,
      },
    },
    ...(await loadMembers(db, members)),
  }
}
