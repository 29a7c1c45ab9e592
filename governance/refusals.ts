import { type Database, inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { ProblemCode } from '#kernel/problems.ts'

/**
 * What a constraint of schema `governance` means to the caller, where the database refuses what a
 * verb did not. Verbs say the same earlier and better where they can; in a race this is what is told.
 */
const refusalOf: Readonly<Record<string, ProblemCode>> = {
  organization_credit_code_valid: 'INVALID_CREDIT_CODE',
  organization_single_body: 'SINGLE_BODY_EXISTS',
  membership_one_administrator_duty: 'DUTIES_SEPARATED',
  membership_one_statement_duty: 'DUTIES_SEPARATED',
  agreement_term_three_years: 'AGREEMENT_TERM',
  agreement_period: 'AGREEMENT_TERM',
  agreement_one_in_force: 'CONFLICT',
  catalogue_version_unique: 'CONFLICT',
  resource_prohibited_not_published: 'RESOURCE_PROHIBITED',
  resource_core_not_published: 'RESOURCE_NOT_PUBLISHABLE',
  resource_important_approved: 'RESOURCE_NOT_PUBLISHABLE',
  resource_opined_before_published: 'RESOURCE_NOT_PUBLISHABLE',
  scenario_approved_by_all_providers: 'PROVIDER_OPINION_MISSING',
  product_version_number_unique: 'CONFLICT',
  product_version_one_listed: 'CONFLICT',
  product_version_listed_only_approved: 'INVALID_TRANSITION',
  outbound_review_other_person: 'SELF_APPROVAL',
  outbound_review_evidence: 'REVIEW_INCOMPLETE',
  filing_number_unique: 'CONFLICT',
  upstream_approved_by_another: 'SELF_APPROVAL',
  upstream_one_active: 'CONFLICT',
  entry_application_one_open: 'CONFLICT',
  development_agreement_one: 'CONFLICT',
  use_application_one_open: 'CONFLICT',
  api_key_subscription: 'NOT_FOUND',
  api_key_one_successor: 'KEY_BEING_ROTATED',
  incident_one_stop: 'CONFLICT',
  person_email_unique: 'CONFLICT',
  person_auth_user_unique: 'CONFLICT',
}

/** A transaction of a governance verb: a constraint it runs into becomes the refusal it stands for. */
export async function change<T>(
  ctx: Readonly<{ db: Database }>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await inTransaction(ctx.db, work)
  } catch (error) {
    throw refusalFor(error) ?? error
  }
}

function refusalFor(error: unknown): DomainError | undefined {
  const constraint = violatedConstraint(error)
  if (constraint === undefined) return undefined
  const code = refusalOf[constraint] ?? codeOfForeignKey(constraint)
  return code && new DomainError(code, { constraint })
}

/** What a reference to something that does not exist means: a document is named apart (R1). */
function codeOfForeignKey(constraint: string): ProblemCode | undefined {
  if (constraint.endsWith('document_id_fkey')) return 'APPROVAL_DOCUMENT_MISSING'
  return constraint.endsWith('_fkey') ? 'NOT_FOUND' : 'VALIDATION_FAILED'
}
