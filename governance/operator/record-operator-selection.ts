import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { findOrganization } from '#governance/organization/organization.queries.ts'
import { found } from '#governance/own.ts'
import { getPolicyDocument } from '#governance/policy/policy-document.queries.ts'
import { change } from '#governance/refusals.ts'
import type { RecordOperatorSelection, RecordOperatorSelectionResult } from './contract.ts'
import { insertSelection } from './operator.queries.ts'

/**
 * Records how an operator was chosen and where the public could read it (R10).
 *
 * @throws APPROVAL_DOCUMENT_MISSING; VALIDATION_FAILED for a method `other` that is not named
 */
export async function recordOperatorSelection(
  ctx: Context,
  input: RecordOperatorSelection,
): Promise<RecordOperatorSelectionResult> {
  requirePermission(ctx, 'operator_selection:record')
  parseDay(input.noticeFrom, 'noticeFrom')
  if (parseDay(input.noticeTo, 'noticeTo') < input.noticeFrom)
    refuseValue('noticeTo', 'before_notice_from')
  if (input.method === 'other' && !input.methodNote) refuseValue('methodNote', 'required')
  return change(ctx, async (tx) => {
    const operator = found(await findOrganization(tx, input.operatorId))
    if (operator.kind !== 'operator') refuseValue('operatorId', 'not_an_operator')
    await getPolicyDocument(tx, input.documentId)
    const id = newId('selection', ctx.clock)
    await insertSelection(tx, {
      id,
      operator_id: input.operatorId,
      method: input.method,
      method_note: input.methodNote ?? null,
      result: input.result,
      notice_from: input.noticeFrom,
      notice_to: input.noticeTo,
      notice_link: input.noticeLink,
      document_id: input.documentId,
      recorded_by: actorId(ctx.actor),
      recorded_at: ctx.clock.now(),
    })
    await audit(tx, ctx, {
      action: 'operator_selection:record',
      objectType: 'operator_selection',
      objectId: id,
      detail: { operatorId: input.operatorId, method: input.method },
    })
    return { kind: 'recorded', selectionId: id }
  })
}
