import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { dayOf, parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { lockOrganization } from '#governance/organization/organization.queries.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import { type ApplyForEntry, type ApplyForEntryResult, entryDeclarations } from './contract.ts'
import { findOpenEntry, insertEntry } from './entry.queries.ts'

/**
 * A registered organization applies to become a buyer, with the six declarations and the evidence for
 * each (R34, R35). One application is open at a time.
 *
 * @throws VALIDATION_FAILED for missing evidence or an incident in the future; INVALID_TRANSITION for
 * an organization that is a buyer already
 */
export async function applyForEntry(
  ctx: Context,
  input: ApplyForEntry,
): Promise<ApplyForEntryResult> {
  requirePermission(ctx, 'entry:apply')
  const buyerId = ownOrganization(ctx)
  const now = ctx.clock.now()
  const today = dayOf(now)
  checkDeclarations(input, today)
  return change(ctx, async (tx) => {
    const buyer = await lockOrganization(tx, buyerId)
    if (buyer.status !== 'registered')
      throw new DomainError('INVALID_TRANSITION', { status: buyer.status })
    await requireActiveOperator(tx, { operatorId: input.operatorId, at: now })
    const open = await findOpenEntry(tx, { buyerId, operatorId: input.operatorId })
    if (open !== undefined)
      return { kind: 'already_applied', entryApplicationId: open.id, number: open.number }
    const id = newId('entry', ctx.clock)
    const number = await nextDocumentNumber(tx, { prefix: 'RZ', year: Number(today.slice(0, 4)) })
    await insertEntry(tx, {
      id,
      number,
      buyer_id: buyerId,
      operator_id: input.operatorId,
      declarations: JSON.stringify(input.declarations),
      last_incident_on: input.lastIncidentOn,
      applied_by: actorId(ctx.actor),
      applied_at: now,
      status: 'submitted',
    })
    await audit(tx, ctx, {
      action: 'entry:apply',
      objectType: 'entry_application',
      objectId: id,
      detail: { number, operatorId: input.operatorId },
    })
    return { kind: 'applied', entryApplicationId: id, number }
  })
}

function checkDeclarations(input: ApplyForEntry, today: string): void {
  for (const name of entryDeclarations)
    if (!input.declarations[name]?.evidence.trim()) refuseValue(`declarations.${name}`, 'required')
  if (input.lastIncidentOn === null) return
  if (parseDay(input.lastIncidentOn, 'lastIncidentOn') > today)
    refuseValue('lastIncidentOn', 'in_the_future')
}
