import { sql } from 'kysely'
import { claimAttempt, clearAttempts } from '#api/auth/attempts.ts'
import { setPassword } from '#api/auth/accounts.ts'
import { verifyPassword } from '#api/auth/password.ts'
import { findPasswordHashOfPerson, findPersonByEmail } from '#api/auth/people.queries.ts'
import { addPerson, grantRole, registerOrganization } from '#governance/index.ts'
import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { type Database, inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { digestOfToken } from './invitation.ts'
import {
  anybodyIsRegistered,
  findInvitation,
  type Invitation,
  updateInvitationAccepted,
} from './invitation.queries.ts'

export type AcceptInvitation = Readonly<{
  token: string
  /** A new password; or, of somebody who has an account, the one they have. */
  password: string
  /** Of the first administrator, whose invitation names nobody. */
  first?:
    | Readonly<{ name: string; email: string; organizationName: string; creditCode: string }>
    | undefined
}>
export type AcceptInvitationResult = Readonly<{
  kind: 'accepted'
  personId: Id<'person'>
  organizationId: Id<'org'>
}>

/**
 * Makes the invited a person with the roles they were invited to, and gives them an account unless they have one.
 * Errors: INVITATION_INVALID; VALIDATION_FAILED (password); PASSWORD_RECHECK_FAILED, LOCKED_OUT for somebody
 * who has an account; DUTIES_SEPARATED where the roles do not go together with those already held.
 */
export async function acceptInvitation(
  caller: Context,
  input: AcceptInvitation,
): Promise<AcceptInvitationResult> {
  // Nobody is signed in yet: what the invitation allows is done in its name.
  const ctx: Context = { ...caller, actor: { kind: 'system', job: 'invitation' } }
  const known = await getOpenInvitation(ctx, ctx.db, input.token)
  const hasAccount = await provesAccount(ctx, {
    email: emailOf(known, input),
    password: input.password,
  })
  return inTransaction(ctx.db, async (tx) => {
    const invitation = await getOpenInvitation(ctx, tx, input.token)
    const inside: Context = { ...ctx, db: tx }
    const place = await placeOf(inside, tx, { invitation, input })
    const { personId } = await addPerson(inside, {
      email: emailOf(invitation, input),
      name: place.name,
    })
    for (const role of place.roles)
      await grantRole(inside, { personId, organizationId: place.organizationId, role })
    if (!hasAccount) await setPassword(tx, ctx, { personId, password: input.password })
    await updateInvitationAccepted(tx, { id: invitation.id, at: ctx.clock.now(), by: personId })
    await audit(tx, ctx, {
      action: 'invitation:accepted',
      objectType: 'invitation',
      objectId: invitation.id,
      detail: { personId },
    })
    return { kind: 'accepted', personId, organizationId: place.organizationId }
  })
}

/** What somebody with the link may know before they accept. Errors: INVITATION_INVALID. */
export async function getOpenInvitation(
  ctx: Pick<Context, 'clock'>,
  db: Database,
  token: string,
): Promise<Invitation> {
  const invitation = await findInvitation(db, digestOfToken(token))
  if (!invitation?.isOpen || invitation.expiresAt <= ctx.clock.now())
    throw new DomainError('INVITATION_INVALID')
  return invitation
}

function emailOf(invitation: Invitation, input: AcceptInvitation): string {
  const email = invitation.email ?? input.first?.email ?? refuseValue('first', 'required')
  return email.trim().toLowerCase()
}

/** An invitation must not be a way to somebody else's password: who has one shows that it is theirs. */
async function provesAccount(
  ctx: Context,
  { email, password }: { email: string; password: string },
): Promise<boolean> {
  const person = await findPersonByEmail(ctx.db, email)
  const hash = person && (await findPasswordHashOfPerson(ctx.db, person.id))
  if (!person || hash === undefined) return false
  await claimAttempt({ ...ctx, personId: person.id })
  if (!(await verifyPassword(hash, password))) throw new DomainError('PASSWORD_RECHECK_FAILED')
  await clearAttempts(ctx.db, person.id)
  return true
}

type Place = Readonly<{ organizationId: Id<'org'>; name: string; roles: readonly Role[] }>

async function placeOf(
  ctx: Context,
  tx: Tx,
  { invitation, input }: { invitation: Invitation; input: AcceptInvitation },
): Promise<Place> {
  if (invitation.kind === 'member') {
    const { organizationId, name, roles } = invitation
    invariant(organizationId && name, 'an invitation of a member says who and where')
    return { organizationId, name, roles }
  }
  const { first } = input
  if (!first) refuseValue('first', 'required')
  // Two links may be open (two starts at once); whoever comes second finds that somebody is there.
  await sql`select pg_advisory_xact_lock(hashtext('first_administrator'))`.execute(tx)
  if (await anybodyIsRegistered(tx)) throw new DomainError('INVITATION_INVALID')
  const { organizationId } = await registerOrganization(ctx, {
    kind: 'platform',
    name: first.organizationName,
    creditCode: first.creditCode,
  })
  return { organizationId, name: first.name, roles: invitation.roles }
}
