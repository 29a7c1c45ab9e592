import type { Insertable, Selectable } from 'kysely'
import type { OrganizationKind } from '#kernel/context.ts'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceIncidentEntryTable, GovernanceIncidentTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { StoppableKind } from './contract.ts'

export type IncidentRecord = Readonly<{
  id: Id<'incident'>
  number: string
  objectKind: StoppableKind
  objectId: string
  objectName: string
  openedAt: Date
  statusBefore: string | null
  holderId: Id<'org'>
  holderKind: OrganizationKind
  liftedAt: Date | null
  closedAt: Date | null
}>

export async function insertIncident(
  tx: Tx,
  row: Insertable<GovernanceIncidentTable>,
  concerned: readonly string[],
): Promise<void> {
  await tx.insertInto('governance.incident').values(row).execute()
  if (concerned.length > 0)
    await tx
      .insertInto('governance.incident_concerned')
      .values(concerned.map((id) => ({ incident_id: row.id, organization_id: id })))
      .execute()
}

export async function insertIncidentEntries(
  tx: Tx,
  rows: readonly Insertable<GovernanceIncidentEntryTable>[],
): Promise<void> {
  if (rows.length > 0)
    await tx
      .insertInto('governance.incident_entry')
      .values([...rows])
      .execute()
}

function selectRecord(db: Database) {
  return db
    .selectFrom('governance.incident as i')
    .innerJoin('governance.organization as h', 'h.id', 'i.holder_id')
    .select(['i.id', 'i.number', 'i.object_kind', 'i.object_id', 'i.object_name'])
    .select(['i.opened_at', 'i.status_before', 'i.holder_id', 'h.kind as holder_kind'])
    .select(['i.lifted_at', 'i.closed_at'])
}

/** The stop in force on an object, locked. */
export async function lockStopOf(
  tx: Tx,
  object: Readonly<{ kind: StoppableKind; id: string }>,
): Promise<IncidentRecord | undefined> {
  const row = await selectRecord(tx)
    .where('i.object_kind', '=', object.kind)
    .where('i.object_id', '=', object.id)
    .where('i.lifted_at', 'is', null)
    .forUpdate('i')
    .executeTakeFirst()
  return row && recordFromRow(row)
}

export async function getIncident(db: Database, id: Id<'incident'>): Promise<IncidentRecord> {
  return recordFromRow(found(await selectRecord(db).where('i.id', '=', id).executeTakeFirst()))
}

export async function lockIncident(tx: Tx, id: Id<'incident'>): Promise<IncidentRecord> {
  return recordFromRow(
    found(await selectRecord(tx).where('i.id', '=', id).forUpdate('i').executeTakeFirst()),
  )
}

type Standing = Partial<
  Pick<
    Selectable<GovernanceIncidentTable>,
    'holder_id' | 'lifted_by' | 'lifted_at' | 'closed_by' | 'closed_at' | 'conclusion'
  >
>

export async function updateIncident(tx: Tx, id: Id<'incident'>, change: Standing): Promise<void> {
  await tx.updateTable('governance.incident').set(change).where('id', '=', id).execute()
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRecord>['executeTakeFirstOrThrow']>>

function recordFromRow(row: Row): IncidentRecord {
  return {
    id: row.id as Id<'incident'>,
    number: row.number,
    objectKind: row.object_kind,
    objectId: row.object_id,
    objectName: row.object_name,
    openedAt: row.opened_at,
    statusBefore: row.status_before,
    holderId: row.holder_id as Id<'org'>,
    holderKind: row.holder_kind,
    liftedAt: row.lifted_at,
    closedAt: row.closed_at,
  }
}
