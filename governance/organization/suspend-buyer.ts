import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { listOperatorsOfBuyer } from '#governance/incident/concerned.queries.ts'
import type { IncidentLevel, StopAtOnceResult } from '#governance/incident/contract.ts'
import type { IncidentRecord } from '#governance/incident/incident.queries.ts'
import { liftStop } from '#governance/incident/lift-stop.ts'
import { openIncident } from '#governance/incident/open-incident.ts'
import { isOfKind, ownOrganization } from '#governance/own.ts'
import type { OrganizationStatus } from './contract.ts'
import { lockOrganization, updateOrganizationStatus } from './organization.queries.ts'

/**
 * Suspends a buyer with all its keys; what it owes and may read is untouched. An operator suspends those
 * it has an agreement with.
 *
 * @throws INVALID_TRANSITION once it has left; NOT_FOUND for what is no buyer, or another operator's
 */
export async function suspendBuyer(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ buyerId: Id<'org'>; reason: string; level: IncidentLevel }>,
): Promise<StopAtOnceResult> {
  const buyer = await lockOrganization(tx, step.buyerId)
  const operators = await listOperatorsOfBuyer(tx, buyer.id)
  const isForeign = isOfKind(ctx, 'operator') && !operators.includes(ownOrganization(ctx))
  if (buyer.kind !== 'buyer' || isForeign) throw new DomainError('NOT_FOUND')
  if (buyer.status === 'exited') throw new DomainError('INVALID_TRANSITION', { status: 'exited' })
  if (buyer.status !== 'suspended')
    await updateOrganizationStatus(tx, { id: buyer.id, status: 'suspended' })
  return openIncident(tx, ctx, {
    object: { kind: 'buyer', id: buyer.id, name: buyer.name },
    reason: step.reason,
    level: step.level,
    concerned: [buyer.id, ...operators],
    statusBefore: buyer.status,
  })
}

/** Back to what it was: active, or registered only. */
export async function resumeBuyer(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ incident: IncidentRecord; reason: string }>,
): Promise<void> {
  const { incident } = step
  const buyer = await lockOrganization(tx, incident.objectId as Id<'org'>)
  if (buyer.status === 'suspended')
    await updateOrganizationStatus(tx, {
      id: buyer.id,
      status: (incident.statusBefore ?? 'active') as OrganizationStatus,
    })
  await liftStop(tx, ctx, incident, [{ kind: 'resumed', words: step.reason }])
}
