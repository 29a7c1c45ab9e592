import type { Insertable } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { dayOf } from '#kernel/period.ts'
import type {
  GovernanceAgreementTable,
  GovernanceAuthorizationTable,
  GovernanceOperatorSelectionTable,
} from '#migrations/tables.ts'
import { found } from '#governance/own.ts'

export type AgreementRow = Readonly<{
  id: Id<'agreement'>
  operatorId: Id<'org'>
  selectionId: Id<'selection'>
  startsOn: string
  endsOn: string
  status: 'draft' | 'in_force' | 'ended'
  signedAt: Date | null
}>

const agreementColumns = [
  'id',
  'operator_id',
  'selection_id',
  'starts_on',
  'ends_on',
  'status',
  'signed_at',
] as const

export async function insertSelection(
  tx: Tx,
  row: Insertable<GovernanceOperatorSelectionTable>,
): Promise<void> {
  await tx.insertInto('governance.operator_selection').values(row).execute()
}

export async function getSelection(
  db: Database,
  id: Id<'selection'>,
): Promise<Readonly<{ operatorId: string; noticeTo: string }>> {
  const row = found(
    await db
      .selectFrom('governance.operator_selection')
      .select(['operator_id', 'notice_to'])
      .where('id', '=', id)
      .executeTakeFirst(),
  )
  return { operatorId: row.operator_id, noticeTo: row.notice_to }
}

/** The id, or undefined where an agreement of this number exists. */
export async function insertAgreement(
  tx: Tx,
  row: Insertable<GovernanceAgreementTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.agreement')
    .values(row)
    .onConflict((conflict) => conflict.constraint('agreement_number_unique').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function getAgreementByNumber(db: Database, number: string): Promise<AgreementRow> {
  const row = await db
    .selectFrom('governance.agreement')
    .select(agreementColumns)
    .where('number', '=', number)
    .executeTakeFirst()
  return agreementFromRow(found(row))
}

export async function lockAgreement(tx: Tx, id: Id<'agreement'>): Promise<AgreementRow> {
  const row = await tx
    .selectFrom('governance.agreement')
    .select(agreementColumns)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return agreementFromRow(found(row))
}

export async function findAgreementInForce(
  db: Database,
  operatorId: Id<'org'>,
): Promise<AgreementRow | undefined> {
  const row = await db
    .selectFrom('governance.agreement')
    .select(agreementColumns)
    .where('operator_id', '=', operatorId)
    .where('status', '=', 'in_force')
    .executeTakeFirst()
  return row && agreementFromRow(row)
}

export async function updateAgreementSigned(
  tx: Tx,
  change: Readonly<{ id: Id<'agreement'>; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.agreement')
    .set({ status: 'in_force', signed_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

export async function insertAuthorization(
  tx: Tx,
  row: Insertable<GovernanceAuthorizationTable>,
  resourceIds: readonly Id<'resource'>[],
): Promise<void> {
  await tx.insertInto('governance.authorization').values(row).execute()
  await tx
    .insertInto('governance.authorization_resource')
    .values(resourceIds.map((id) => ({ authorization_id: row.id, resource_id: id })))
    .execute()
}

export async function lockAuthorization(
  tx: Tx,
  id: Id<'authz'>,
): Promise<Readonly<{ operatorId: Id<'org'>; revokedAt: Date | null }>> {
  const row = found(
    await tx
      .selectFrom('governance.authorization')
      .select(['operator_id', 'revoked_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
  return { operatorId: row.operator_id as Id<'org'>, revokedAt: row.revoked_at }
}

export async function updateAuthorizationRevoked(
  tx: Tx,
  change: Readonly<{ id: Id<'authz'>; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.authorization')
    .set({ revoked_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

/**
 * The operator may act: its organization is active and the moment lies in the term of an agreement in
 * force, so at the end of the last day its rights are gone by themselves (R95).
 *
 * @throws OPERATOR_NOT_ACTIVE
 */
export async function requireActiveOperator(
  db: Database,
  input: Readonly<{ operatorId: Id<'org'>; at: Date }>,
): Promise<void> {
  const today = dayOf(input.at)
  const row = await db
    .selectFrom('governance.organization as o')
    .innerJoin('governance.agreement as a', 'a.operator_id', 'o.id')
    .select('a.id')
    .where('o.id', '=', input.operatorId)
    .where('o.kind', '=', 'operator')
    .where('o.status', '=', 'active')
    .where('a.status', '=', 'in_force')
    .where('a.starts_on', '<=', today)
    .where('a.ends_on', '>=', today)
    .executeTakeFirst()
  if (row === undefined)
    throw new DomainError('OPERATOR_NOT_ACTIVE', { operatorId: input.operatorId })
}

function agreementFromRow(
  row: Readonly<{
    id: string
    operator_id: string
    selection_id: string
    starts_on: string
    ends_on: string
    status: AgreementRow['status']
    signed_at: Date | null
  }>,
): AgreementRow {
  return {
    id: row.id as Id<'agreement'>,
    operatorId: row.operator_id as Id<'org'>,
    selectionId: row.selection_id as Id<'selection'>,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    status: row.status,
    signedAt: row.signed_at,
  }
}
