import type { Context } from '#kernel/context.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  listParked,
  listParkedProposals,
  type ParkedEntry,
  type ParkedProposal,
} from './parked.queries.ts'

export type ParkedEntryView = ParkedEntry & Readonly<{ proposals: readonly ParkedProposal[] }>

const shownMax = 200

/** Entries the writer could not read, with what was proposed and decided about each. Errors: FORBIDDEN. */
export async function listParkedEntries(
  ctx: Context,
  of: Readonly<{ open: boolean }>,
): Promise<ParkedEntryView[]> {
  requirePermission(ctx, 'parked_entry:read')
  const entries = await listParked(ctx.db, { ...of, limit: shownMax })
  const proposals = await listParkedProposals(
    ctx.db,
    entries.map(({ entryId }) => entryId),
  )
  return entries.map((entry) => ({
    ...entry,
    proposals: proposals.filter((proposal) => proposal.entryId === entry.entryId),
  }))
}
