import type { Selectable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Verdict, verdictFromRow } from '#metering/verdict.queries.ts'
import type { Tables } from '#migrations/tables.ts'

export type ParkedEntry = Readonly<{
  entryId: bigint
  shard: number
  streamId: string
  position: number
  bootId: string | null
  buyerId: string | null
  body: string
  reason: string
  parkedAt: Date
  resolvedAt: Date | null
  resolvedBy: string | null
  resolution: string | null
}>

export type ParkedProposal = Verdict &
  Readonly<{
    proposalId: Id<'proposal'>
    entryId: bigint
    kind: 'corrected' | 'discard'
    body: string | null
    changes: readonly string[]
    reason: string
    proposedBy: string
    proposedAt: Date
  }>

const entryColumns = [
  'id',
  'shard',
  'stream_id',
  'position',
  'boot_id',
  'buyer_id',
  'body',
  'reason',
  'parked_at',
  'resolved_at',
  'resolved_by',
  'resolution',
] as const

function entryFromRow(row: Selectable<Tables['metering.parked_entry']>): ParkedEntry {
  return {
    entryId: row.id,
    shard: row.shard,
    streamId: row.stream_id,
    position: row.position,
    bootId: row.boot_id,
    buyerId: row.buyer_id,
    body: row.body,
    reason: row.reason,
    parkedAt: row.parked_at,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    resolution: row.resolution,
  }
}

export async function lockParkedEntry(tx: Tx, entryId: bigint): Promise<ParkedEntry | undefined> {
  const row = await tx
    .selectFrom('metering.parked_entry')
    .select(entryColumns)
    .where('id', '=', entryId)
    .forUpdate()
    .executeTakeFirst()
  return row && entryFromRow(row)
}

/** Those that wait, the oldest first, or what was resolved, the latest first. */
export async function listParked(
  db: Database,
  of: Readonly<{ open: boolean; limit: number }>,
): Promise<ParkedEntry[]> {
  const rows = await db
    .selectFrom('metering.parked_entry')
    .select(entryColumns)
    .where('resolved_at', of.open ? 'is' : 'is not', null)
    .orderBy(of.open ? 'id' : 'resolved_at', of.open ? 'asc' : 'desc')
    .limit(of.limit)
    .execute()
  return rows.map(entryFromRow)
}

/** Closes an entry in the transaction that has dealt with it. */
export async function resolveParkedEntry(
  tx: Tx,
  of: Readonly<{
    entryId: bigint
    at: Date
    by: string
    resolution: 'replayed' | 'corrected' | 'discarded'
  }>,
): Promise<void> {
  await tx
    .updateTable('metering.parked_entry')
    .set({ resolved_at: of.at, resolved_by: of.by, resolution: of.resolution })
    .where('id', '=', of.entryId)
    .where('resolved_at', 'is', null)
    .execute()
}

const proposalColumns = [
  'id',
  'entry_id',
  'kind',
  'body',
  'changes',
  'reason',
  'proposed_by',
  'proposed_at',
  'verdict',
  'note',
  'decided_by',
  'decided_at',
] as const

function proposalFromRow(row: Selectable<Tables['metering.parked_proposal']>): ParkedProposal {
  return {
    proposalId: row.id as Id<'proposal'>,
    entryId: row.entry_id,
    kind: row.kind,
    body: row.body,
    changes: row.changes,
    reason: row.reason,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    ...verdictFromRow(row),
  }
}

export async function lockParkedProposal(
  tx: Tx,
  proposalId: string,
): Promise<ParkedProposal | undefined> {
  const row = await tx
    .selectFrom('metering.parked_proposal')
    .select(proposalColumns)
    .where('id', '=', proposalId)
    .forUpdate()
    .executeTakeFirst()
  return row && proposalFromRow(row)
}

export async function listParkedProposals(
  db: Database,
  entryIds: readonly bigint[],
): Promise<ParkedProposal[]> {
  if (entryIds.length === 0) return []
  const rows = await db
    .selectFrom('metering.parked_proposal')
    .select(proposalColumns)
    .where('entry_id', 'in', entryIds)
    .orderBy('proposed_at')
    .execute()
  return rows.map(proposalFromRow)
}

export async function insertParkedProposal(
  tx: Tx,
  proposal: Pick<
    ParkedProposal,
    'proposalId' | 'entryId' | 'kind' | 'body' | 'changes' | 'reason' | 'proposedBy' | 'proposedAt'
  >,
): Promise<void> {
  await tx
    .insertInto('metering.parked_proposal')
    .values({
      id: proposal.proposalId,
      entry_id: proposal.entryId,
      kind: proposal.kind,
      body: proposal.body,
      changes: [...proposal.changes],
      reason: proposal.reason,
      proposed_by: proposal.proposedBy,
      proposed_at: proposal.proposedAt,
    })
    .execute()
}
