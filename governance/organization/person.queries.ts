import type { Insertable } from 'kysely'
import type { OrganizationKind } from '#kernel/context.ts'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import type { GovernanceMembershipTable, GovernancePersonTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { Membership, Person } from './contract.ts'

const personColumns = ['id', 'auth_user_id', 'name', 'email', 'status', 'registered_at'] as const

/** The id, or undefined where somebody with this address is known already. */
export async function insertPerson(
  tx: Tx,
  row: Insertable<GovernancePersonTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.person')
    .values(row)
    .onConflict((conflict) => conflict.column('email').where('status', '<>', 'removed').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function lockPersonByEmail(
  tx: Tx,
  email: string,
): Promise<Readonly<{ id: Id<'person'>; authUserId: string | null }>> {
  const row = await tx
    .selectFrom('governance.person')
    .select(personColumns)
    .where('email', '=', email)
    .where('status', '<>', 'removed')
    .forUpdate()
    .executeTakeFirst()
  const { id, auth_user_id } = found(row)
  return { id: id as Id<'person'>, authUserId: auth_user_id }
}

export async function updateAuthUser(
  tx: Tx,
  change: Readonly<{ personId: Id<'person'>; authUserId: string }>,
): Promise<void> {
  await tx
    .updateTable('governance.person')
    .set({ auth_user_id: change.authUserId })
    .where('id', '=', change.personId)
    .execute()
}

export async function lockPerson(
  tx: Tx,
  personId: Id<'person'>,
): Promise<Readonly<{ status: Person['status'] }>> {
  const row = await tx
    .selectFrom('governance.person')
    .select('status')
    .where('id', '=', personId)
    .forUpdate()
    .executeTakeFirst()
  return found(row)
}

export async function updatePersonStatus(
  tx: Tx,
  change: Readonly<{ personId: Id<'person'>; status: Person['status'] }>,
): Promise<void> {
  await tx
    .updateTable('governance.person')
    .set({ status: change.status })
    .where('id', '=', change.personId)
    .execute()
}

/** The id, or undefined where the person holds the role there already. */
export async function insertMembership(
  tx: Tx,
  row: Insertable<GovernanceMembershipTable>,
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('governance.membership')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['person_id', 'organization_id', 'role'])
        .where('ended_at', 'is', null)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function listMemberships(db: Database, personId: Id<'person'>): Promise<Membership[]> {
  const rows = await db
    .selectFrom('governance.membership as m')
    .innerJoin('governance.organization as o', 'o.id', 'm.organization_id')
    .select(['m.id', 'm.person_id', 'm.organization_id', 'o.kind', 'o.name', 'm.role'])
    .select('m.granted_at')
    .where('m.person_id', '=', personId)
    .where('m.ended_at', 'is', null)
    .orderBy('m.granted_at')
    .orderBy('m.id')
    .execute()
  return rows.map((row) => ({
    id: row.id as Id<'membership'>,
    personId: row.person_id as Id<'person'>,
    organizationId: row.organization_id as Id<'org'>,
    organizationKind: row.kind satisfies OrganizationKind,
    organizationName: row.name,
    role: row.role as Role,
    grantedAt: row.granted_at,
  }))
}

export async function lockMembership(
  tx: Tx,
  id: Id<'membership'>,
): Promise<
  Readonly<{ organizationId: string; personId: string; role: string; endedAt: Date | null }>
> {
  const row = found(
    await tx
      .selectFrom('governance.membership')
      .select(['organization_id', 'person_id', 'role', 'ended_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
  return {
    organizationId: row.organization_id,
    personId: row.person_id,
    role: row.role,
    endedAt: row.ended_at,
  }
}

export async function updateMembershipsEnded(
  tx: Tx,
  end: Readonly<{ by: string; at: Date; id?: Id<'membership'>; personId?: Id<'person'> }>,
): Promise<void> {
  let query = tx
    .updateTable('governance.membership')
    .set({ ended_by: end.by, ended_at: end.at })
    .where('ended_at', 'is', null)
  if (end.id !== undefined) query = query.where('id', '=', end.id)
  if (end.personId !== undefined) query = query.where('person_id', '=', end.personId)
  await query.execute()
}

/** Who an account at the sign-in service is, with every role it holds now. */
export async function findPersonByAuthUser(
  db: Database,
  authUserId: string,
): Promise<Person | undefined> {
  const row = await db
    .selectFrom('governance.person')
    .select(personColumns)
    .where('auth_user_id', '=', authUserId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const id = row.id as Id<'person'>
  return {
    id,
    authUserId: row.auth_user_id,
    name: row.name,
    email: row.email,
    status: row.status,
    registeredAt: row.registered_at,
    memberships: await listMemberships(db, id),
  }
}
