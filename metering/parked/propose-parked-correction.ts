import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx, violatedConstraint } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { businessChanges, readParkedBody } from './parked-body.ts'
import { insertParkedProposal, lockParkedEntry, type ParkedEntry } from './parked.queries.ts'

export type ProposeParkedResult = Readonly<{
  kind: 'proposed'
  proposalId: Id<'proposal'>
  /** Business facts the correction changes; with any, the operator head must approve. */
  changes: readonly string[]
}>

/**
 * Enters a body to be written in place of one that cannot be read. It must be readable; the parked body
 * stays for ever; nothing is written before another person approves.
 * Errors: FORBIDDEN, NOT_FOUND, INVALID_TRANSITION, CONFLICT (one is open), VALIDATION_FAILED.
 */
export async function proposeParkedCorrection(
  ctx: Context,
  input: Readonly<{ entryId: bigint; body: string; reason: string }>,
): Promise<ProposeParkedResult> {
  requirePermission(ctx, 'parked_entry:propose')
  if (input.reason.trim() === '') refuseValue('reason', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockOpenEntry(tx, input.entryId)
    const read = readParkedBody(input.body, entry)
    if (read.kind === 'unreadable') throw refuseValue('body', read.reason)
    const events = read.events.map(({ event }) => event)
    const changes = businessChanges(entry.body, events)
    return propose(tx, ctx, {
      entry,
      kind: 'corrected',
      body: input.body,
      changes,
      reason: input.reason,
    })
  })
}

/** An entry that still waits; locked. */
export async function lockOpenEntry(tx: Tx, entryId: bigint): Promise<ParkedEntry> {
  const entry = await lockParkedEntry(tx, entryId)
  if (!entry) throw new DomainError('NOT_FOUND')
  if (entry.resolvedAt)
    throw new DomainError('INVALID_TRANSITION', { resolution: entry.resolution })
  return entry
}

export async function propose(
  tx: Tx,
  ctx: Context,
  of: Readonly<{
    entry: ParkedEntry
    kind: 'corrected' | 'discard'
    body: string | null
    changes: readonly string[]
    reason: string
  }>,
): Promise<ProposeParkedResult> {
  const { entry, kind, body, changes, reason } = of
  const proposalId = newId('proposal', ctx.clock)
  await insertParkedProposal(tx, {
    proposalId,
    entryId: entry.entryId,
    kind,
    body,
    changes,
    reason,
    proposedBy: actorId(ctx.actor),
    proposedAt: ctx.clock.now(),
  }).catch((error: unknown) => {
    if (violatedConstraint(error) === 'parked_proposal_one_open') throw new DomainError('CONFLICT')
    throw error
  })
  await audit(tx, ctx, {
    action: 'parked_entry:propose',
    objectType: 'parked_entry',
    objectId: String(entry.entryId),
    detail: { proposalId, kind, changes, reason },
  })
  return { kind: 'proposed', proposalId, changes }
}
