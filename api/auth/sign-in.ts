import { audit, auditRefusal } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { claimAttempt, clearAttempts } from './attempts.ts'
import { findPersonByEmail } from './people.queries.ts'
import type { SessionService, SignInAttempt } from './session-service.ts'

export type SignInContext = Context & Readonly<{ sessions: SessionService }>

/**
 * Opens a session for a person with an account. Unknown address, wrong password and suspended person are
 * told alike. Errors: SIGN_IN_FAILED, LOCKED_OUT (after five wrong passwords), RATE_LIMITED (by address).
 */
export async function signIn(
  ctx: SignInContext,
  attempt: SignInAttempt,
): Promise<Readonly<{ cookies: readonly string[] }>> {
  const email = attempt.email.trim().toLowerCase()
  const person = await findPersonByEmail(ctx.db, email)
  if (person) await claimOrTell(ctx, person.id)
  // Asked also for an unknown address: its answer takes as long, and it counts against the caller.
  const outcome = await ctx.sessions.open({ ...attempt, email })
  if (outcome.kind === 'too_many')
    throw new DomainError('RATE_LIMITED', { retryAfterSeconds: outcome.retryAfterSeconds })
  if (outcome.kind === 'refused' || person?.status !== 'active') {
    if (person) await refused(ctx, { personId: person.id, reason: 'sign_in_failed' })
    throw new DomainError('SIGN_IN_FAILED')
  }
  await clearAttempts(ctx.db, person.id)
  await ctx.db
    .transaction()
    .execute((tx) =>
      audit(tx, ctx, { action: 'session:opened', objectType: 'person', objectId: person.id }),
    )
  return { cookies: outcome.cookies }
}

async function claimOrTell(ctx: Context, personId: Id<'person'>): Promise<void> {
  try {
    await claimAttempt({ ...ctx, personId })
  } catch (error) {
    await refused(ctx, { personId, reason: 'locked' })
    throw error
  }
}

async function refused(
  ctx: Context,
  { personId, reason }: { personId: Id<'person'>; reason: string },
): Promise<void> {
  await auditRefusal(ctx, {
    action: 'session:opened',
    objectType: 'person',
    objectId: personId,
    detail: { reason },
  })
}
