import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { dayOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { DecideEntry, DecideEntryResult } from './contract.ts'
import { type EntryRecord, lockEntry, updateEntry } from './entry.queries.ts'
import { isWithinIncidentWindow } from './incident-window.ts'

/**
 * The operator decides an entry application (R35). An incident in the last three years cannot be
 * approved by anybody (R34).
 *
 * @throws RECENT_INCIDENT, INVALID_TRANSITION
 */
export async function decideEntry(ctx: Context, input: DecideEntry): Promise<DecideEntryResult> {
  requirePermission(ctx, 'entry:decide')
  if (input.reason.trim() === '') refuseValue('reason', 'required')
  const now = ctx.clock.now()
  const outcome = input.verdict === 'approve' ? 'approved' : 'rejected'
  return change(ctx, async (tx) => {
    const entry = await lockEntry(tx, input.entryApplicationId)
    requireOwn(ctx, entry.operatorId)
    await requireActiveOperator(tx, { operatorId: entry.operatorId, at: now })
    if (entry.status === outcome) return { kind: 'already_decided' }
    if (entry.status !== 'submitted')
      throw new DomainError('INVALID_TRANSITION', { status: entry.status })
    if (outcome === 'approved') refuseRecentIncident(entry)
    await updateEntry(tx, entry.id, {
      status: outcome,
      decided_by: actorId(ctx.actor),
      decided_at: now,
      reason: input.reason,
    })
    await audit(tx, ctx, {
      action: 'entry:decide',
      objectType: 'entry_application',
      objectId: entry.id,
      detail: { verdict: input.verdict, reason: input.reason },
    })
    return { kind: outcome }
  })
}

function refuseRecentIncident(entry: EntryRecord): void {
  const { lastIncidentOn } = entry
  if (isWithinIncidentWindow({ lastIncidentOn, appliedOn: dayOf(entry.appliedAt) }))
    throw new DomainError('RECENT_INCIDENT', { lastIncidentOn })
}
