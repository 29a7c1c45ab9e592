import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernanceResourceTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { OpeningAttribute, ResourceItem, ResourceStatus, ResourceView } from './contract.ts'

function selectResource(db: Database) {
  return db
    .selectFrom('governance.resource as r')
    .innerJoin('governance.organization as o', 'o.id', 'r.provider_id')
    .select(['r.id', 'r.code', 'r.name', 'r.provider_id', 'r.source_kind', 'r.legal_basis'])
    .select(['r.field_code', 'r.abstract', 'r.format', 'r.items', 'r.sharing', 'r.opening'])
    .select(['r.update_frequency', 'r.related_code', 'r.national_class', 'r.level'])
    .select(['r.contains_personal_information', 'r.contains_sensitive_personal_information'])
    .select(['r.important_data_approval_document_id', 'r.registration_number', 'r.status'])
    .select(['r.provider_opinion', 'r.provider_opined_at', 'r.recorded_at'])
    .select(['o.name as provider_name', 'o.credit_code as provider_code'])
}
type Row = Awaited<ReturnType<ReturnType<typeof selectResource>['executeTakeFirstOrThrow']>>

/** A resource with what the catalogue needs to know of its provider and approval. */
export type ResourceRecord = ResourceView &
  Readonly<{ providerCode: string; importantDataApprovalDocumentId: string | null }>

/** The id, or undefined where the code exists. */
export async function insertResource(
  tx: Tx,
  row: Insertable<GovernanceResourceTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.resource')
    .values(row)
    .onConflict((conflict) => conflict.constraint('resource_code_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function getResourceByCode(db: Database, code: string): Promise<ResourceRecord> {
  const row = await selectResource(db).where('r.code', '=', code).executeTakeFirst()
  return resourceFromRow(found(row))
}

export async function lockResource(tx: Tx, id: Id<'resource'>): Promise<ResourceRecord> {
  const row = await selectResource(tx).where('r.id', '=', id).forUpdate('r').executeTakeFirst()
  return resourceFromRow(found(row))
}

/** In the order of their codes, so that two publishers lock in one order. */
export async function lockResources(
  tx: Tx,
  ids: readonly Id<'resource'>[],
): Promise<ResourceRecord[]> {
  const rows = await selectResource(tx)
    .where('r.id', 'in', ids)
    .orderBy('r.code')
    .forUpdate('r')
    .execute()
  if (rows.length !== new Set(ids).size) throw new DomainError('NOT_FOUND')
  return rows.map(resourceFromRow)
}

export async function updateResource(
  tx: Tx,
  id: Id<'resource'>,
  values: Partial<
    Pick<
      Insertable<GovernanceResourceTable>,
      | 'status'
      | 'opening'
      | 'national_class'
      | 'level'
      | 'provider_opinion'
      | 'provider_opined_by'
      | 'provider_opined_at'
    >
  >,
): Promise<void> {
  await tx.updateTable('governance.resource').set(values).where('id', '=', id).execute()
}

export async function updateResourcesStatus(
  tx: Tx,
  change: Readonly<{ ids: readonly Id<'resource'>[]; status: ResourceStatus }>,
): Promise<void> {
  if (change.ids.length === 0) return
  await tx
    .updateTable('governance.resource')
    .set({ status: change.status })
    .where('id', 'in', change.ids)
    .execute()
}

/** What decides whether resources may be used; throws NOT_FOUND if one does not exist. */
export async function getResourceStandings(
  db: Database,
  ids: readonly Id<'resource'>[],
): Promise<
  Readonly<{ id: string; code: string; status: ResourceStatus; opening: OpeningAttribute }>[]
> {
  const rows = await db
    .selectFrom('governance.resource')
    .select(['id', 'code', 'status', 'opening'])
    .where('id', 'in', ids)
    .execute()
  if (rows.length !== new Set(ids).size) throw new DomainError('NOT_FOUND')
  return rows
}

export async function selectResources(
  db: Database,
  filter: Readonly<{
    providerId: Id<'org'> | undefined
    status: ResourceStatus | undefined
    after: string | undefined
    limit: number
  }>,
): Promise<ResourceRecord[]> {
  let query = selectResource(db)
  if (filter.providerId !== undefined) query = query.where('r.provider_id', '=', filter.providerId)
  if (filter.status !== undefined) query = query.where('r.status', '=', filter.status)
  if (filter.after !== undefined) query = query.where('r.code', '>', filter.after)
  const rows = await query.orderBy('r.code').limit(filter.limit).execute()
  return rows.map(resourceFromRow)
}

function resourceFromRow(row: Row): ResourceRecord {
  return {
    id: row.id as Id<'resource'>,
    code: row.code,
    name: row.name,
    providerId: row.provider_id as Id<'org'>,
    providerName: row.provider_name,
    providerCode: row.provider_code,
    sourceKind: row.source_kind,
    legalBasis: row.legal_basis,
    fieldCode: row.field_code,
    abstract: row.abstract,
    format: row.format,
    items: row.items as readonly ResourceItem[],
    sharing: row.sharing,
    opening: row.opening,
    updateFrequency: row.update_frequency,
    relatedCode: row.related_code,
    nationalClass: row.national_class,
    level: row.level,
    containsPersonalInformation: row.contains_personal_information,
    containsSensitivePersonalInformation: row.contains_sensitive_personal_information,
    importantDataApprovalDocumentId: row.important_data_approval_document_id,
    registrationNumber: row.registration_number,
    status: row.status,
    providerOpinion: row.provider_opinion,
    providerOpinedAt: row.provider_opined_at,
    recordedAt: row.recorded_at,
  }
}
