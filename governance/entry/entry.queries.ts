import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type {
  GovernanceDevelopmentAgreementTable,
  GovernanceEntryApplicationTable,
} from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { DevelopmentAgreementView, EntryApplicationView } from './contract.ts'

export type EntryRecord = Readonly<{
  id: Id<'entry'>
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  status: EntryApplicationView['status']
  lastIncidentOn: string | null
  appliedAt: Date
}>
export type DevelopmentAgreementRecord = Readonly<{
  id: Id<'devagr'>
  number: string
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  status: DevelopmentAgreementView['status']
}>

const agreementColumns = ['id', 'number', 'buyer_id', 'operator_id', 'status'] as const

export async function insertEntry(
  tx: Tx,
  row: Insertable<GovernanceEntryApplicationTable>,
): Promise<void> {
  await tx.insertInto('governance.entry_application').values(row).execute()
}

export async function findOpenEntry(
  db: Database,
  parties: Readonly<{ buyerId: Id<'org'>; operatorId: Id<'org'> }>,
): Promise<Readonly<{ id: Id<'entry'>; number: string }> | undefined> {
  const row = await db
    .selectFrom('governance.entry_application')
    .select(['id', 'number'])
    .where('buyer_id', '=', parties.buyerId)
    .where('operator_id', '=', parties.operatorId)
    .where('status', '=', 'submitted')
    .executeTakeFirst()
  return row && { id: row.id as Id<'entry'>, number: row.number }
}

export async function lockEntry(tx: Tx, id: Id<'entry'>): Promise<EntryRecord> {
  const row = found(
    await tx
      .selectFrom('governance.entry_application')
      .select(['id', 'buyer_id', 'operator_id', 'status', 'last_incident_on', 'applied_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
  return {
    id,
    buyerId: row.buyer_id as Id<'org'>,
    operatorId: row.operator_id as Id<'org'>,
    status: row.status,
    lastIncidentOn: row.last_incident_on,
    appliedAt: row.applied_at,
  }
}

export async function updateEntry(
  tx: Tx,
  id: Id<'entry'>,
  values: Pick<
    Insertable<GovernanceEntryApplicationTable>,
    'status' | 'decided_by' | 'decided_at' | 'reason'
  >,
): Promise<void> {
  await tx.updateTable('governance.entry_application').set(values).where('id', '=', id).execute()
}

export async function insertDevelopmentAgreement(
  tx: Tx,
  row: Insertable<GovernanceDevelopmentAgreementTable>,
): Promise<void> {
  await tx.insertInto('governance.development_agreement').values(row).execute()
}

/** The agreement of these two that is offered or in force. */
export async function findDevelopmentAgreement(
  db: Database,
  parties: Readonly<{ buyerId: Id<'org'>; operatorId: Id<'org'> }>,
): Promise<DevelopmentAgreementRecord | undefined> {
  const row = await db
    .selectFrom('governance.development_agreement')
    .select(agreementColumns)
    .where('buyer_id', '=', parties.buyerId)
    .where('operator_id', '=', parties.operatorId)
    .where('status', '<>', 'ended')
    .executeTakeFirst()
  return row && agreementFromRow(row)
}

export async function lockDevelopmentAgreement(
  tx: Tx,
  id: Id<'devagr'>,
): Promise<DevelopmentAgreementRecord> {
  const row = await tx
    .selectFrom('governance.development_agreement')
    .select(agreementColumns)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return agreementFromRow(found(row))
}

export async function updateDevelopmentAgreementSigned(
  tx: Tx,
  change: Readonly<{ id: Id<'devagr'>; by: string; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.development_agreement')
    .set({ status: 'in_force', signed_by: change.by, signed_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

export async function selectEntries(
  db: Database,
  filter: Readonly<{
    buyerId: Id<'org'> | undefined
    operatorId: Id<'org'> | undefined
    status: EntryApplicationView['status'] | undefined
    before: string | undefined
    limit: number
  }>,
): Promise<EntryApplicationView[]> {
  let query = db
    .selectFrom('governance.entry_application as e')
    .innerJoin('governance.organization as b', 'b.id', 'e.buyer_id')
    .innerJoin('governance.organization as o', 'o.id', 'e.operator_id')
    .leftJoin('governance.development_agreement as a', 'a.entry_application_id', 'e.id')
    .select(['e.id', 'e.number', 'e.buyer_id', 'b.name as buyer_name', 'e.operator_id'])
    .select(['o.name as operator_name', 'e.declarations', 'e.last_incident_on', 'e.applied_at'])
    .select(['e.status', 'e.decided_at', 'e.reason', 'a.id as agreement_id'])
    .select(['a.number as agreement_number', 'a.status as agreement_status', 'a.starts_on'])
    .select(['a.ends_on', 'a.offered_at', 'a.signed_at'])
  if (filter.buyerId !== undefined) query = query.where('e.buyer_id', '=', filter.buyerId)
  if (filter.operatorId !== undefined) query = query.where('e.operator_id', '=', filter.operatorId)
  if (filter.status !== undefined) query = query.where('e.status', '=', filter.status)
  if (filter.before !== undefined) query = query.where('e.id', '<', filter.before)
  const rows = await query.orderBy('e.id', 'desc').limit(filter.limit).execute()
  return rows.map((row) => ({
    id: row.id as Id<'entry'>,
    number: row.number,
    buyerId: row.buyer_id as Id<'org'>,
    buyerName: row.buyer_name,
    operatorId: row.operator_id as Id<'org'>,
    operatorName: row.operator_name,
    declarations: row.declarations as EntryApplicationView['declarations'],
    lastIncidentOn: row.last_incident_on,
    appliedAt: row.applied_at,
    status: row.status,
    decidedAt: row.decided_at,
    reason: row.reason,
    developmentAgreement: row.agreement_status && {
      id: row.agreement_id as Id<'devagr'>,
      number: row.agreement_number ?? '',
      status: row.agreement_status,
      startsOn: row.starts_on ?? '',
      endsOn: row.ends_on ?? '',
      offeredAt: row.offered_at ?? row.applied_at,
      signedAt: row.signed_at,
    },
  }))
}

function agreementFromRow(
  row: Readonly<{
    id: string
    number: string
    buyer_id: string
    operator_id: string
    status: DevelopmentAgreementView['status']
  }>,
): DevelopmentAgreementRecord {
  return {
    id: row.id as Id<'devagr'>,
    number: row.number,
    buyerId: row.buyer_id as Id<'org'>,
    operatorId: row.operator_id as Id<'org'>,
    status: row.status,
  }
}
