import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  lockOrganization,
  updateOrganizationStatus,
} from '#governance/organization/organization.queries.ts'
import { change } from '#governance/refusals.ts'
import type { ActivateOperator, ActivateOperatorResult } from './contract.ts'
import { findAgreementInForce, getSelection } from './operator.queries.ts'

/**
 * Lets an operator begin: its selection's public notice is over – the day after the last – and its
 * agreement is signed (R10).
 *
 * @throws OPERATOR_NOT_READY naming what is missing
 */
export async function activateOperator(
  ctx: Context,
  input: ActivateOperator,
): Promise<ActivateOperatorResult> {
  requirePermission(ctx, 'operator:activate')
  const today = dayOf(ctx.clock.now())
  return change(ctx, async (tx) => {
    const operator = await lockOrganization(tx, input.operatorId)
    if (operator.kind !== 'operator') refuseValue('operatorId', 'not_an_operator')
    if (operator.status === 'active') return { kind: 'already_active' }
    if (operator.status === 'exited')
      throw new DomainError('INVALID_TRANSITION', { status: operator.status })
    await requireReady(tx, { ...input, today })
    await updateOrganizationStatus(tx, { id: operator.id, status: 'active' })
    await audit(tx, ctx, {
      action: 'operator:activate',
      objectType: 'organization',
      objectId: operator.id,
    })
    return { kind: 'activated' }
  })
}

async function requireReady(
  tx: Tx,
  input: ActivateOperator & Readonly<{ today: string }>,
): Promise<void> {
  const agreement = await findAgreementInForce(tx, input.operatorId)
  if (agreement === undefined)
    throw new DomainError('OPERATOR_NOT_READY', { missing: 'signed_agreement' })
  const selection = await getSelection(tx, agreement.selectionId)
  if (selection.noticeTo >= input.today)
    throw new DomainError('OPERATOR_NOT_READY', {
      missing: 'finished_public_notice',
      noticeTo: selection.noticeTo,
    })
}
