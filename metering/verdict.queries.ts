import type { Tx } from '#kernel/database.ts'

/** What a second person said of a proposal; all null while it waits. */
export type Verdict = Readonly<{
  verdict: 'approved' | 'refused' | null
  note: string | null
  decidedBy: string | null
  decidedAt: Date | null
}>

type VerdictRow = Readonly<{
  verdict: Verdict['verdict']
  note: string | null
  decided_by: string | null
  decided_at: Date | null
}>

export function verdictFromRow(row: VerdictRow): Verdict {
  const { verdict, note, decided_by: decidedBy, decided_at: decidedAt } = row
  return { verdict, note, decidedBy, decidedAt }
}

export async function saveVerdict(
  tx: Tx,
  of: Readonly<{
    table: 'metering.parked_proposal' | 'metering.usage_correction_proposal'
    proposalId: string
    verdict: 'approved' | 'refused'
    note: string
    by: string
    at: Date
  }>,
): Promise<void> {
  await tx
    .updateTable(of.table)
    .set({ verdict: of.verdict, note: of.note, decided_by: of.by, decided_at: of.at })
    .where('id', '=', of.proposalId)
    .execute()
}
