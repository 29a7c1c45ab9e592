import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { productsOfOperator } from '#metering/operator-products.queries.ts'
import { saveVerdict } from '#metering/verdict.queries.ts'
import type { EventToWrite } from '#metering/writer/insert-events.ts'
import { readParkedBody } from './parked-body.ts'
import {
  lockParkedProposal,
  type ParkedEntry,
  type ParkedProposal,
  resolveParkedEntry,
} from './parked.queries.ts'
import { lockOpenEntry } from './propose-parked-correction.ts'
import { writeReplayed } from './replay-parked-entry.ts'
import { whyDiscardable } from './why-discardable.ts'

export type DecideParkedProposal = Readonly<{
  proposalId: Id<'proposal'>
  verdict: 'approved' | 'refused'
  note: string
}>
export type DecideParkedProposalResult = Readonly<{
  kind: 'approved' | 'refused' | 'already_decided'
}>

/**
 * A second person decides. Approved, the corrected body is written like any other entry, or the entry is
 * thrown away, in one commit with its end. What changes who pays how much only the head of the operator
 * concerned approves (R92: administrators decide no business).
 * Errors: FORBIDDEN, NOT_FOUND, SELF_APPROVAL, INVALID_TRANSITION, PARKED_ENTRY_MAY_BE_OURS.
 */
export async function decideParkedProposal(
  ctx: Context,
  input: DecideParkedProposal,
): Promise<DecideParkedProposalResult> {
  requirePermission(ctx, 'parked_entry:approve')
  if (input.note.trim() === '') refuseValue('note', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const proposal = await lockParkedProposal(tx, input.proposalId)
    if (!proposal) throw new DomainError('NOT_FOUND')
    if (proposal.verdict) return { kind: 'already_decided' }
    if (proposal.proposedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    const entry = await lockOpenEntry(tx, proposal.entryId)
    if (input.verdict === 'approved') await carryOut(tx, ctx, { entry, proposal })
    const by = actorId(ctx.actor)
    const table = 'metering.parked_proposal'
    await saveVerdict(tx, { ...input, table, by, at: ctx.clock.now() })
    await audit(tx, ctx, {
      action: 'parked_entry:approve',
      objectType: 'parked_entry',
      objectId: String(entry.entryId),
      detail: { ...input, proposalKind: proposal.kind, changes: proposal.changes },
    })
    return { kind: input.verdict }
  })
}

async function carryOut(
  tx: Tx,
  ctx: Context,
  { entry, proposal }: Readonly<{ entry: ParkedEntry; proposal: ParkedProposal }>,
): Promise<void> {
  const end = { entryId: entry.entryId, at: ctx.clock.now(), by: actorId(ctx.actor) }
  if (proposal.kind === 'discard') {
    if ((await whyDiscardable(tx, entry)) === null)
      throw new DomainError('PARKED_ENTRY_MAY_BE_OURS')
    await resolveParkedEntry(tx, { ...end, resolution: 'discarded' })
    return
  }
  const read = readParkedBody(proposal.body ?? '', entry)
  invariant(read.kind === 'events', 'a proposed body was readable when it was proposed')
  if (proposal.changes.length > 0) await requireHeadOf(tx, ctx, read.events)
  await writeReplayed(tx, { events: read.events, now: ctx.clock.now() })
  await resolveParkedEntry(tx, { ...end, resolution: 'corrected' })
}

async function requireHeadOf(tx: Tx, ctx: Context, events: readonly EventToWrite[]): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'person' || !actor.roles.includes('operator_head'))
    throw new DomainError('FORBIDDEN', {
      reason: 'changes_business_facts',
      roles: ['operator_head'],
    })
  const ids = [...new Set(events.flatMap(({ event }) => event.productId ?? []))]
  const own = await productsOfOperator(tx, { operatorId: actor.organizationId, productIds: ids })
  if (own.length !== ids.length) throw new DomainError('NOT_FOUND')
}
