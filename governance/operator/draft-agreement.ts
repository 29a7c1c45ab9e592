import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { addDays, addYears, parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { getPolicyDocument } from '#governance/policy/policy-document.queries.ts'
import { warnIfOutlivesBasis } from '#governance/policy/warn-if-outlives-basis.ts'
import { change } from '#governance/refusals.ts'
import type { DraftAgreement, DraftAgreementResult } from './contract.ts'
import { getAgreementByNumber, getSelection, insertAgreement } from './operator.queries.ts'

const termYears = 3

/** The last day of an agreement unless it says otherwise: three years later, less a day (R11). */
export function lastDayOfTerm(startsOn: string): string {
  return addDays(addYears(startsOn, termYears), -1)
}

/**
 * Drafts the operating agreement. Days are inclusive. A term that outlives the document it stands on
 * is a warning in the result (R2); one of more than three years needs a document of its own.
 *
 * @throws AGREEMENT_TERM, APPROVAL_DOCUMENT_MISSING; CONFLICT for another agreement of this number
 */
export async function draftAgreement(
  ctx: Context,
  input: DraftAgreement,
): Promise<DraftAgreementResult> {
  requirePermission(ctx, 'agreement:draft')
  const endsOn = termOf(input)
  return change(ctx, async (tx) => {
    const basis = await getPolicyDocument(tx, input.documentId)
    const selection = await getSelection(tx, input.selectionId)
    if (selection.operatorId !== input.operatorId) refuseValue('selectionId', 'of_another_operator')
    const warnings = warnIfOutlivesBasis(basis, endsOn)
    const id = newId('agreement', ctx.clock)
    const inserted = await insertAgreement(tx, {
      id,
      number: input.number,
      operator_id: input.operatorId,
      selection_id: input.selectionId,
      scope: input.scope,
      goals: input.goals,
      starts_on: input.startsOn,
      ends_on: endsOn,
      term_override_document_id: input.termOverrideDocumentId ?? null,
      document_id: input.documentId,
      status: 'draft',
      recorded_by: actorId(ctx.actor),
      recorded_at: ctx.clock.now(),
    })
    if (inserted === undefined) {
      const known = await getAgreementByNumber(tx, input.number)
      if (known.operatorId !== input.operatorId || known.startsOn !== input.startsOn)
        throw new DomainError('CONFLICT', { number: input.number })
      return { kind: 'already_drafted', agreementId: known.id, endsOn: known.endsOn, warnings }
    }
    await audit(tx, ctx, {
      action: 'agreement:draft',
      objectType: 'agreement',
      objectId: id,
      detail: { operatorId: input.operatorId, startsOn: input.startsOn, endsOn },
    })
    return { kind: 'drafted', agreementId: id, endsOn, warnings }
  })
}

function termOf(input: DraftAgreement): string {
  parseDay(input.startsOn, 'startsOn')
  const longest = lastDayOfTerm(input.startsOn)
  const endsOn = input.endsOn === undefined ? longest : parseDay(input.endsOn, 'endsOn')
  if (endsOn <= input.startsOn) throw new DomainError('AGREEMENT_TERM', { endsOn })
  if (endsOn > longest && !input.termOverrideDocumentId)
    throw new DomainError('AGREEMENT_TERM', { endsOn, latestAllowed: longest })
  return endsOn
}
