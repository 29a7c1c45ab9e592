import type { Insertable, Selectable } from 'kysely'
import type { OrganizationKind } from '#kernel/context.ts'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceOrganizationTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { Organization } from './contract.ts'

type Row = Selectable<GovernanceOrganizationTable>

const columns = [
  'id',
  'kind',
  'name',
  'name_en',
  'credit_code',
  'status',
  'contact_name',
  'contact_phone',
  'address',
  'is_sample',
  'registered_at',
] as const

/** The id, or undefined where the credit code is registered already. */
export async function insertOrganization(
  tx: Tx,
  row: Insertable<GovernanceOrganizationTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.organization')
    .values(row)
    .onConflict((conflict) => conflict.constraint('organization_credit_code_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function findOrganization(
  db: Database,
  id: Id<'org'>,
): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('governance.organization')
    .select(columns)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && organizationFromRow(row)
}

export async function getOrganizationByCode(
  db: Database,
  creditCode: string,
): Promise<Organization> {
  const row = await db
    .selectFrom('governance.organization')
    .select(columns)
    .where('credit_code', '=', creditCode)
    .executeTakeFirst()
  return organizationFromRow(found(row))
}

export async function lockOrganization(tx: Tx, id: Id<'org'>): Promise<Organization> {
  const row = await tx
    .selectFrom('governance.organization')
    .select(columns)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return organizationFromRow(found(row))
}

export async function updateOrganizationStatus(
  tx: Tx,
  change: Readonly<{ id: Id<'org'>; status: Organization['status'] }>,
): Promise<void> {
  await tx
    .updateTable('governance.organization')
    .set({ status: change.status })
    .where('id', '=', change.id)
    .execute()
}

export async function selectOrganizations(
  db: Database,
  filter: Readonly<{
    kind?: OrganizationKind | undefined
    after: string | undefined
    limit: number
  }>,
): Promise<Organization[]> {
  let query = db.selectFrom('governance.organization').select(columns)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.after !== undefined) query = query.where('id', '>', filter.after)
  const rows = await query.orderBy('id').limit(filter.limit).execute()
  return rows.map(organizationFromRow)
}

function organizationFromRow(row: Row): Organization {
  return {
    id: row.id as Id<'org'>,
    kind: row.kind,
    name: row.name,
    nameEn: row.name_en,
    creditCode: row.credit_code,
    status: row.status,
    contactName: row.contact_name,
    contactPhone: row.contact_phone,
    address: row.address,
    isSample: row.is_sample,
    registeredAt: row.registered_at,
  }
}
