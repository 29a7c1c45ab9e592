import { clearAttempts } from '#api/auth/attempts.ts'
import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'

/** Lets somebody try again before the lock ends by itself. Errors: FORBIDDEN, NOT_FOUND. */
export async function unlockPerson(
  ctx: Context,
  input: Readonly<{ personId: Id<'person'> }>,
): Promise<Readonly<{ kind: 'unlocked' | 'not_locked' }>> {
  requirePermission(ctx, 'person:unlock')
  return inTransaction(ctx.db, async (tx) => {
    const person = await tx
      .selectFrom('governance.person')
      .select('locked_until')
      .where('id', '=', input.personId)
      .forUpdate()
      .executeTakeFirst()
    if (!person) throw new DomainError('NOT_FOUND')
    if (!person.locked_until || person.locked_until <= ctx.clock.now())
      return { kind: 'not_locked' }
    await clearAttempts(tx, input.personId)
    await audit(tx, ctx, {
      action: 'person:unlock',
      objectType: 'person',
      objectId: input.personId,
    })
    return { kind: 'unlocked' }
  })
}
