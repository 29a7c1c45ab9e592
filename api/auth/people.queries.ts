import type { OrganizationKind } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'

export type SignedInPerson = Readonly<{
  id: Id<'person'>
  name: string
  email: string
  status: 'active' | 'suspended' | 'removed'
  memberships: readonly PersonMembership[]
}>
export type PersonMembership = Readonly<{
  organizationId: Id<'org'>
  organizationKind: OrganizationKind
  organizationName: string
  role: Role
}>

/** The account's person, with their roles of this moment. */
export async function findPersonOfUser(
  db: Database,
  authUserId: string,
): Promise<SignedInPerson | undefined> {
  const person = await db
    .selectFrom('governance.person')
    .select(['id', 'name', 'email', 'status'])
    .where('auth_user_id', '=', authUserId)
    .executeTakeFirst()
  if (!person) return undefined
  const id = person.id as Id<'person'>
  return { ...person, id, memberships: await findMembershipsOf(db, id) }
}

/** Memberships in force, the oldest first. */
export async function findMembershipsOf(
  db: Database,
  personId: Id<'person'>,
): Promise<PersonMembership[]> {
  const rows = await db
    .selectFrom('governance.membership as m')
    .innerJoin('governance.organization as o', 'o.id', 'm.organization_id')
    .select(['m.role', 'm.organization_id', 'o.kind', 'o.name'])
    .where('m.person_id', '=', personId)
    .where('m.ended_at', 'is', null)
    .orderBy('m.granted_at')
    .orderBy('m.id')
    .execute()
  return rows.map((row) => ({
    organizationId: row.organization_id as Id<'org'>,
    organizationKind: row.kind,
    organizationName: row.name,
    role: row.role as Role,
  }))
}

export type PersonToSignIn = Readonly<{
  id: Id<'person'>
  status: 'active' | 'suspended' | 'removed'
  authUserId: string | null
}>

export async function findPersonByEmail(
  db: Database,
  email: string,
): Promise<PersonToSignIn | undefined> {
  const row = await db
    .selectFrom('governance.person')
    .select(['id', 'status', 'auth_user_id'])
    .where('email', '=', email)
    .where('status', '<>', 'removed')
    .executeTakeFirst()
  return row && { id: row.id as Id<'person'>, status: row.status, authUserId: row.auth_user_id }
}

export async function findPasswordHashOfPerson(
  db: Database,
  personId: Id<'person'>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('governance.person as p')
    .innerJoin('auth.user as u', (join) =>
      join.on((on) => on(on.cast<string>('u.id', 'text'), '=', on.ref('p.auth_user_id'))),
    )
    .innerJoin('auth.account as a', 'a.userId', 'u.id')
    .select('a.password')
    .where('p.id', '=', personId)
    .where('p.status', '=', 'active')
    .where('a.providerId', '=', 'credential')
    .executeTakeFirst()
  return row?.password ?? undefined
}
