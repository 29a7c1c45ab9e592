import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import type { Database, Tx } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { checkNewPassword, hashPassword } from './password.ts'

export type SetPassword = Readonly<{ personId: Id<'person'>; password: string }>

/**
 * Gives a person the account they sign in with, or their account a new password; their open sessions end.
 * Errors: NOT_FOUND for a person who was removed; VALIDATION_FAILED for a poor password.
 */
export async function setPassword(tx: Tx, ctx: Context, input: SetPassword): Promise<void> {
  const person = await tx
    .selectFrom('governance.person')
    .select(['id', 'name', 'email'])
    .where('id', '=', input.personId)
    .where('status', '<>', 'removed')
    .forUpdate()
    .executeTakeFirst()
  if (!person) throw new DomainError('NOT_FOUND')
  checkNewPassword(input.password, person.email)
  const hash = await hashPassword(input.password)
  const userId = await ensureUser(tx, person)
  const now = ctx.clock.now()
  await tx
    .insertInto('auth.account')
    .values({
      accountId: userId,
      providerId: 'credential',
      userId,
      password: hash,
      updatedAt: now,
    })
    .onConflict((on) =>
      on
        .columns(['userId'])
        .where('providerId', '=', 'credential')
        .doUpdateSet({ password: hash, updatedAt: now }),
    )
    .execute()
  await tx
    .updateTable('governance.person')
    .set({ auth_user_id: userId, failed_sign_ins: 0, locked_until: null })
    .where('id', '=', input.personId)
    .execute()
  await deleteSessionsOf(tx, userId)
  await audit(tx, ctx, {
    action: 'password:set',
    objectType: 'person',
    objectId: input.personId,
  })
}

/** Sessions end where they are kept, so every process sees it with the next request. */
export async function deleteSessionsOf(db: Database, authUserId: string): Promise<void> {
  await db.deleteFrom('auth.session').where('userId', '=', authUserId).execute()
}

export async function deleteSessionsOfPerson(db: Database, personId: Id<'person'>): Promise<void> {
  const authUserId = await findAuthUserId(db, personId)
  if (authUserId !== undefined) await deleteSessionsOf(db, authUserId)
}

/** A removed person's address may come back as another person, who then has an account of their own. */
export async function deleteAccount(db: Database, personId: Id<'person'>): Promise<void> {
  const authUserId = await findAuthUserId(db, personId)
  if (authUserId !== undefined)
    await db.deleteFrom('auth.user').where('id', '=', authUserId).execute()
}

async function findAuthUserId(db: Database, personId: Id<'person'>): Promise<string | undefined> {
  const person = await db
    .selectFrom('governance.person')
    .select('auth_user_id')
    .where('id', '=', personId)
    .executeTakeFirst()
  return person?.auth_user_id ?? undefined
}

async function ensureUser(
  tx: Tx,
  { name, email }: Readonly<{ name: string; email: string }>,
): Promise<string> {
  await tx
    .insertInto('auth.user')
    .values({ name, email, emailVerified: true })
    .onConflict((on) => on.column('email').doNothing())
    .execute()
  const user = await tx
    .selectFrom('auth.user')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirst()
  invariant(user, 'the account was just made')
  return user.id
}
