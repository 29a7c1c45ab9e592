import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { resultClasses, type UsageEvent } from '#metering/usage-event.ts'
import { type Verdict, verdictFromRow } from '#metering/verdict.queries.ts'
import type { Tables } from '#migrations/tables.ts'

export type CorrectionKind = 'void' | 'replace'

/** What a replacement says of the call instead; everything else stays as the first event says. */
export type UsageReplacement = Pick<
  UsageEvent,
  'resultClass' | 'reason' | 'httpStatus' | 'billable' | 'records' | 'bytes'
>

const replacementForm = z.strictObject({
  resultClass: z.enum(resultClasses),
  reason: z.string(),
  httpStatus: z.int(),
  billable: z.boolean(),
  records: z.int(),
  bytes: z.int(),
})

export type CorrectionProposal = Verdict &
  Readonly<{
    proposalId: Id<'correction'>
    kind: CorrectionKind
    buyerId: Id<'org'>
    buyerName: string
    occurredAt: Date
    eventId: string
    operatorId: Id<'org'>
    productName: string | null
    reason: string
    reference: string
    replacement: UsageReplacement | null
    proposedBy: string
    proposedAt: Date
  }>

/** As it is decided on: what it is called on screens is not asked for. */
export type LockedProposal = Omit<CorrectionProposal, 'buyerName' | 'productName'>

const proposalColumns = [
  'p.id',
  'p.kind',
  'p.buyer_id',
  'p.occurred_at',
  'p.event_id',
  'p.operator_id',
  'p.reason',
  'p.reference',
  'p.replacement',
  'p.proposed_by',
  'p.proposed_at',
  'p.verdict',
  'p.note',
  'p.decided_by',
  'p.decided_at',
] as const

function proposalFromRow(
  row: Selectable<Tables['metering.usage_correction_proposal']>,
): LockedProposal {
  return {
    proposalId: row.id as Id<'correction'>,
    kind: row.kind,
    buyerId: row.buyer_id as Id<'org'>,
    occurredAt: row.occurred_at,
    eventId: row.event_id,
    operatorId: row.operator_id as Id<'org'>,
    reason: row.reason,
    reference: row.reference,
    replacement: row.replacement === null ? null : replacementForm.parse(row.replacement),
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    ...verdictFromRow(row),
  }
}

export async function insertCorrectionProposal(
  tx: Tx,
  proposal: Pick<
    CorrectionProposal,
    | 'proposalId'
    | 'kind'
    | 'buyerId'
    | 'occurredAt'
    | 'eventId'
    | 'operatorId'
    | 'reason'
    | 'reference'
    | 'replacement'
    | 'proposedBy'
    | 'proposedAt'
  >,
): Promise<void> {
  await tx
    .insertInto('metering.usage_correction_proposal')
    .values({
      id: proposal.proposalId,
      kind: proposal.kind,
      buyer_id: proposal.buyerId,
      occurred_at: proposal.occurredAt,
      event_id: proposal.eventId,
      operator_id: proposal.operatorId,
      reason: proposal.reason,
      reference: proposal.reference,
      replacement: proposal.replacement && JSON.stringify(proposal.replacement),
      proposed_by: proposal.proposedBy,
      proposed_at: proposal.proposedAt,
    })
    .execute()
}

export async function lockCorrectionProposal(
  tx: Tx,
  proposalId: string,
): Promise<LockedProposal | undefined> {
  const row = await tx
    .selectFrom('metering.usage_correction_proposal as p')
    .select(proposalColumns)
    .where('p.id', '=', proposalId)
    .forUpdate()
    .executeTakeFirst()
  return row && proposalFromRow(row)
}

/** The latest first, those that wait before all others. */
export async function listCorrectionProposals(
  db: Database,
  of: Readonly<{ operatorId?: Id<'org'>; limit: number }>,
): Promise<CorrectionProposal[]> {
  const rows = await db
    .selectFrom('metering.usage_correction_proposal as p')
    .innerJoin('governance.organization as b', 'b.id', 'p.buyer_id')
    .innerJoin('metering.usage_event as e', (join) =>
      join
        .onRef('e.buyer_id', '=', 'p.buyer_id')
        .onRef('e.occurred_at', '=', 'p.occurred_at')
        .onRef('e.event_id', '=', 'p.event_id'),
    )
    .leftJoin('governance.product as g', 'g.id', 'e.product_id')
    .select([...proposalColumns, 'b.name as buyer_name', 'g.name as product_name'])
    .$if(of.operatorId !== undefined, (q) => q.where('p.operator_id', '=', of.operatorId ?? ''))
    .orderBy((eb) => eb('p.verdict', 'is not', null))
    .orderBy('p.proposed_at', 'desc')
    .limit(of.limit)
    .execute()
  return rows.map((row) => ({
    ...proposalFromRow(row),
    buyerName: row.buyer_name,
    productName: row.product_name,
  }))
}

export async function insertCorrection(
  tx: Tx,
  of: Readonly<{
    proposal: LockedProposal
    batch: bigint
    at: Date
    approvedBy: string
    replacementEventId: string | null
  }>,
): Promise<void> {
  const { proposal } = of
  await tx
    .insertInto('metering.usage_correction')
    .values({
      buyer_id: proposal.buyerId,
      occurred_at: proposal.occurredAt,
      event_id: proposal.eventId,
      proposal_id: proposal.proposalId,
      kind: proposal.kind,
      reason: proposal.reason,
      reference: proposal.reference,
      batch: of.batch,
      corrected_at: of.at,
      proposed_by: proposal.proposedBy,
      approved_by: of.approvedBy,
      replacement_event_id: of.replacementEventId,
    })
    .execute()
}
