import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { listOperatorsOfBuyer } from '#governance/incident/concerned.queries.ts'
import type { IncidentLevel, StopAtOnceResult } from '#governance/incident/contract.ts'
import type { IncidentRecord } from '#governance/incident/incident.queries.ts'
import { liftStop } from '#governance/incident/lift-stop.ts'
import { openIncident } from '#governance/incident/open-incident.ts'
import { isOfKind, ownOrganization, requireOwn } from '#governance/own.ts'
import { lockKeyRow, updateApiKeySuspended } from './access-key.queries.ts'

type StopKey = Readonly<{
  keyId: Id<'key'>
  /** The operator of the key's subscription; null for a key bound to none. */
  operatorId: Id<'org'> | null
  reason: string
  level: IncidentLevel
}>

/**
 * Suspends a key: its buyer's own, a buyer's of this operator, any for the platform's security.
 *
 * @throws KEY_NOT_ACTIVE once it is revoked; NOT_FOUND for another's
 */
export async function suspendApiKey(
  tx: Tx,
  ctx: Context,
  step: StopKey,
): Promise<StopAtOnceResult> {
  const key = await lockKeyRow(tx, step.keyId)
  const operators =
    step.operatorId === null ? await listOperatorsOfBuyer(tx, key.buyer_id) : [step.operatorId]
  if (isOfKind(ctx, 'buyer')) requireOwn(ctx, key.buyer_id)
  if (isOfKind(ctx, 'operator') && !operators.includes(ownOrganization(ctx)))
    throw new DomainError('NOT_FOUND')
  if (key.revoked_at !== null) throw new DomainError('KEY_NOT_ACTIVE', { standing: 'revoked' })
  if (key.suspended_at === null)
    await updateApiKeySuspended(tx, {
      id: step.keyId,
      suspended: { by: actorId(ctx.actor), at: ctx.clock.now() },
    })
  return openIncident(tx, ctx, {
    object: { kind: 'api_key', id: key.id, name: `${key.name} ${key.prefix}…${key.last_four}` },
    reason: step.reason,
    level: step.level,
    concerned: [key.buyer_id, ...operators],
  })
}

export async function resumeApiKey(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ incident: IncidentRecord; reason: string }>,
): Promise<void> {
  await updateApiKeySuspended(tx, { id: step.incident.objectId as Id<'key'>, suspended: null })
  await liftStop(tx, ctx, step.incident, [{ kind: 'resumed', words: step.reason }])
}
