import { actorOrganization, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { type ChargingForm, parseChargingForm } from './charging-form.ts'

export type LockedProposal = Readonly<{
  proposalId: Id<'proposal'>
  productId: Id<'product'>
  code: string
  form: ChargingForm
  reason: string
  effectiveFrom: Date
  proposedBy: string
  status: 'proposed' | 'posted' | 'refused'
}>

/** Locks a proposal of the actor's own operator; else NOT_FOUND. */
export async function lockProposal(
  tx: Tx,
  ctx: Context,
  proposalId: string,
): Promise<LockedProposal> {
  const row = await tx
    .selectFrom('billing.posted_price_proposal as p')
    .innerJoin('billing.price_item as i', 'i.id', 'p.price_item_id')
    .innerJoin('billing.price_list as l', 'l.id', 'i.price_list_id')
    .select([
      'p.id',
      'i.product_id',
      'i.code',
      'l.operator_id',
      'p.form',
      'p.reason',
      'p.effective_from',
      'p.proposed_by',
      'p.status',
    ])
    .where('p.id', '=', proposalId)
    .forUpdate('p')
    .executeTakeFirst()
  if (row === undefined || row.operator_id !== actorOrganization(ctx.actor))
    throw new DomainError('NOT_FOUND')
  return {
    proposalId: row.id as Id<'proposal'>,
    productId: row.product_id as Id<'product'>,
    code: row.code,
    form: parseChargingForm(row.form),
    reason: row.reason,
    effectiveFrom: row.effective_from,
    proposedBy: row.proposed_by,
    status: row.status,
  }
}

export async function saveProposalDecision(
  tx: Tx,
  input: Readonly<{
    proposalId: string
    status: 'posted' | 'refused'
    decidedBy: string
    decidedAt: Date
    reason: string | null
  }>,
): Promise<void> {
  await tx
    .updateTable('billing.posted_price_proposal')
    .set({
      status: input.status,
      decided_by: input.decidedBy,
      decided_at: input.decidedAt,
      decision_reason: input.reason,
    })
    .where('id', '=', input.proposalId)
    .execute()
}
