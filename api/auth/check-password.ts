import { auditRefusal } from '#kernel/audit.ts'
import type { Context, PersonActor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { claimAttempt, clearAttempts } from './attempts.ts'
import { verifyPassword } from './password.ts'
import { findPasswordHashOfPerson } from './people.queries.ts'

/** Looks at the password of the person who is signed in, once more; gives the moment for the signature. */
export type CheckPassword = (
  ctx: Context & Readonly<{ actor: PersonActor }>,
  password: string,
) => Promise<Readonly<{ reauthenticatedAt: Date }>>

/** Errors: PASSWORD_RECHECK_FAILED, LOCKED_OUT: a stolen session must not become a way to guess. Audited. */
export const checkPassword: CheckPassword = async (ctx, password) => {
  const { personId } = ctx.actor
  await claimAttempt({ ...ctx, personId })
  const hash = await findPasswordHashOfPerson(ctx.db, personId)
  if (hash === undefined || !(await verifyPassword(hash, password))) {
    await auditRefusal(ctx, {
      action: 'password:rechecked',
      objectType: 'person',
      objectId: personId,
    })
    throw new DomainError('PASSWORD_RECHECK_FAILED')
  }
  await clearAttempts(ctx.db, personId)
  return { reauthenticatedAt: ctx.clock.now() }
}
