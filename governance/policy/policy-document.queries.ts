import type { Insertable, Selectable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { GovernancePolicyDocumentTable } from '#migrations/tables.ts'
import type { PolicyDocument } from './contract.ts'

const columns = [
  'id',
  'title',
  'number',
  'issuer',
  'issued_on',
  'valid_from',
  'valid_to',
  'file_name',
  'file_digest',
  'note',
  'is_sample',
  'registered_by',
  'registered_at',
] as const

/** The id, or undefined where the issuer has a document of this number already. */
export async function insertPolicyDocument(
  tx: Tx,
  row: Insertable<GovernancePolicyDocumentTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.policy_document')
    .values(row)
    .onConflict((conflict) => conflict.constraint('policy_document_number_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function getPolicyDocumentByNumber(
  db: Database,
  named: Readonly<{ issuer: string; number: string }>,
): Promise<PolicyDocument> {
  const row = await db
    .selectFrom('governance.policy_document')
    .select(columns)
    .where('issuer', '=', named.issuer)
    .where('number', '=', named.number)
    .executeTakeFirstOrThrow()
  return documentFromRow(row)
}

/** The document a rule stands on; throws APPROVAL_DOCUMENT_MISSING (R1). */
export async function getPolicyDocument(db: Database, id: Id<'policy'>): Promise<PolicyDocument> {
  const row = await db
    .selectFrom('governance.policy_document')
    .select(columns)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('APPROVAL_DOCUMENT_MISSING', { documentId: id })
  return documentFromRow(row)
}

export async function selectPolicyDocuments(
  db: Database,
  filter: Readonly<{ after: string | undefined; limit: number }>,
): Promise<PolicyDocument[]> {
  let query = db.selectFrom('governance.policy_document').select(columns)
  if (filter.after !== undefined) query = query.where('id', '>', filter.after)
  const rows = await query.orderBy('id').limit(filter.limit).execute()
  return rows.map(documentFromRow)
}

function documentFromRow(row: Selectable<GovernancePolicyDocumentTable>): PolicyDocument {
  return {
    id: row.id as Id<'policy'>,
    title: row.title,
    number: row.number,
    issuer: row.issuer,
    issuedOn: row.issued_on,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    fileName: row.file_name,
    fileDigest: row.file_digest,
    note: row.note,
    isSample: row.is_sample,
    registeredAt: row.registered_at,
  }
}
