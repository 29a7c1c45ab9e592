import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'

export type Invitation = Readonly<{
  id: Id<'invite'>
  kind: 'first_administrator' | 'member'
  email: string | null
  name: string | null
  organizationId: Id<'org'> | null
  roles: readonly Role[]
  expiresAt: Date
  isOpen: boolean
}>

/** By the digest of its token; in a transaction the row is locked, so that it is accepted once. */
export async function findInvitation(
  db: Database,
  tokenDigest: string,
): Promise<Invitation | undefined> {
  const query = db
    .selectFrom('governance.invitation')
    .select(['id', 'kind', 'email', 'name', 'organization_id', 'roles', 'expires_at'])
    .select(['accepted_at', 'revoked_at'])
    .where('token_digest', '=', tokenDigest)
  const row = await (db.isTransaction ? query.forUpdate() : query).executeTakeFirst()
  return (
    row && {
      id: row.id as Id<'invite'>,
      kind: row.kind,
      email: row.email,
      name: row.name,
      organizationId: row.organization_id as Id<'org'> | null,
      roles: row.roles as Role[],
      expiresAt: row.expires_at,
      isOpen: row.accepted_at === null && row.revoked_at === null,
    }
  )
}

export async function insertInvitation(
  db: Database | Tx,
  row: Readonly<{
    id: Id<'invite'>
    kind: Invitation['kind']
    tokenDigest: string
    email?: string
    name?: string
    organizationId?: Id<'org'>
    roles: readonly Role[]
    invitedBy: string
    invitedAt: Date
    expiresAt: Date
  }>,
): Promise<void> {
  await db
    .insertInto('governance.invitation')
    .values({
      id: row.id,
      kind: row.kind,
      token_digest: row.tokenDigest,
      email: row.email ?? null,
      name: row.name ?? null,
      organization_id: row.organizationId ?? null,
      roles: [...row.roles],
      invited_by: row.invitedBy,
      invited_at: row.invitedAt,
      expires_at: row.expiresAt,
    })
    .execute()
}

export async function updateInvitationAccepted(
  tx: Tx,
  accepted: Readonly<{ id: Id<'invite'>; at: Date; by: Id<'person'> }>,
): Promise<void> {
  await tx
    .updateTable('governance.invitation')
    .set({ accepted_at: accepted.at, accepted_by: accepted.by })
    .where('id', '=', accepted.id)
    .execute()
}

export async function anybodyIsRegistered(db: Database): Promise<boolean> {
  const row = await db.selectFrom('governance.person').select('id').limit(1).executeTakeFirst()
  return row !== undefined
}
