import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceUpstreamTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { ConnectorKind, UpstreamView } from './contract.ts'

export async function insertUpstream(
  tx: Tx,
  row: Insertable<GovernanceUpstreamTable>,
): Promise<void> {
  await tx.insertInto('governance.upstream').values(row).execute()
}

export async function lockUpstream(
  tx: Tx,
  id: Id<'upstream'>,
): Promise<
  Readonly<{ versionId: Id<'pver'>; status: UpstreamView['status']; proposedBy: string }>
> {
  const row = found(
    await tx
      .selectFrom('governance.upstream')
      .select(['product_version_id', 'status', 'proposed_by'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
  return {
    versionId: row.product_version_id as Id<'pver'>,
    status: row.status,
    proposedBy: row.proposed_by,
  }
}

/** An upstream as it was proposed, which never changes, with whose it is. */
export async function getProposedUpstream(
  db: Database,
  id: Id<'upstream'>,
): Promise<
  Readonly<{
    connector: ConnectorKind
    address: string
    settings: unknown
    sealedSecret: string | null
    status: UpstreamView['status']
    proposedBy: string
    operatorId: string
  }>
> {
  const row = found(
    await db
      .selectFrom('governance.upstream as u')
      .innerJoin('governance.product_version as v', 'v.id', 'u.product_version_id')
      .innerJoin('governance.product as p', 'p.id', 'v.product_id')
      .select(['u.connector', 'u.address', 'u.settings', 'u.sealed_secret', 'u.status'])
      .select(['u.proposed_by', 'p.operator_id'])
      .where('u.id', '=', id)
      .executeTakeFirst(),
  )
  const { connector, address, settings, status } = row
  return {
    ...{ connector, address, settings, status },
    sealedSecret: row.sealed_secret,
    proposedBy: row.proposed_by,
    operatorId: row.operator_id,
  }
}

/** Retires the version's active upstream, if it has one, and names it. */
export async function updateActiveRetired(
  tx: Tx,
  versionId: Id<'pver'>,
): Promise<Id<'upstream'> | null> {
  const row = await tx
    .updateTable('governance.upstream')
    .set({ status: 'retired' })
    .where('product_version_id', '=', versionId)
    .where('status', '=', 'active')
    .returning('id')
    .executeTakeFirst()
  return row ? (row.id as Id<'upstream'>) : null
}

export async function updateUpstreamApproved(
  tx: Tx,
  change: Readonly<{ id: Id<'upstream'>; by: string; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.upstream')
    .set({ status: 'active', approved_by: change.by, approved_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

export async function selectUpstreams(
  db: Database,
  versionId: Id<'pver'>,
): Promise<UpstreamView[]> {
  const rows = await db
    .selectFrom('governance.upstream')
    .select(['id', 'product_version_id', 'connector', 'address', 'settings', 'sealed_secret'])
    .select(['status', 'proposed_by', 'proposed_at', 'approved_by', 'approved_at'])
    .where('product_version_id', '=', versionId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'upstream'>,
    productVersionId: row.product_version_id as Id<'pver'>,
    connector: row.connector,
    address: row.address,
    settings: row.settings as UpstreamView['settings'],
    hasSecret: row.sealed_secret !== null,
    status: row.status,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
  }))
}
