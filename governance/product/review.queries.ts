import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceFilingTable, GovernanceOutboundReviewTable } from '#migrations/tables.ts'

export async function insertReview(
  tx: Tx,
  row: Insertable<GovernanceOutboundReviewTable>,
): Promise<void> {
  await tx.insertInto('governance.outbound_review').values(row).execute()
}

export async function lockOpenReview(
  tx: Tx,
  versionId: Id<'pver'>,
): Promise<Readonly<{ id: Id<'review'>; submittedBy: string; contentDigest: string }> | undefined> {
  const row = await tx
    .selectFrom('governance.outbound_review')
    .select(['id', 'submitted_by', 'content_digest'])
    .where('product_version_id', '=', versionId)
    .where('verdict', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return (
    row && {
      id: row.id as Id<'review'>,
      submittedBy: row.submitted_by,
      contentDigest: row.content_digest,
    }
  )
}

/** Who submitted the version to its last review. */
export async function findLastSubmitter(
  db: Database,
  versionId: Id<'pver'>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('governance.outbound_review')
    .select('submitted_by')
    .where('product_version_id', '=', versionId)
    .orderBy('submitted_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.submitted_by
}

export async function updateReview(
  tx: Tx,
  id: Id<'review'>,
  values: Pick<
    Insertable<GovernanceOutboundReviewTable>,
    'checklist' | 'evidence_digest' | 'verdict' | 'reason' | 'reviewed_by' | 'reviewed_at'
  >,
): Promise<void> {
  await tx.updateTable('governance.outbound_review').set(values).where('id', '=', id).execute()
}

export async function insertFiling(tx: Tx, row: Insertable<GovernanceFilingTable>): Promise<void> {
  await tx.insertInto('governance.filing').values(row).execute()
}

export async function lockOpenFiling(
  tx: Tx,
  versionId: Id<'pver'>,
): Promise<Readonly<{ id: Id<'filing'> }> | undefined> {
  const row = await tx
    .selectFrom('governance.filing')
    .select('id')
    .where('product_version_id', '=', versionId)
    .where('verdict', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row && { id: row.id as Id<'filing'> }
}

export async function updateFiling(
  tx: Tx,
  id: Id<'filing'>,
  values: Pick<
    Insertable<GovernanceFilingTable>,
    'verdict' | 'number' | 'reason' | 'decided_by' | 'decided_at'
  >,
): Promise<void> {
  await tx.updateTable('governance.filing').set(values).where('id', '=', id).execute()
}
