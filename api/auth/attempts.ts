import { sql } from 'kysely'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'

const attemptsMax = 5
const lockMinutes = 15

type Account = Readonly<{ db: Database; clock: Clock; personId: Id<'person'> }>

/**
 * Counts an attempt before the password is looked at, in one statement, so that guessing in parallel does not
 * get more tries; the last one locks the account until `clearAttempts` says that it was right.
 * Errors: LOCKED_OUT.
 */
export async function claimAttempt({ db, clock, personId }: Account): Promise<void> {
  const now = clock.now()
  const until = new Date(now.getTime() + lockMinutes * 60_000)
  const count = sql<number>`case when locked_until is null then failed_sign_ins + 1 else 1 end`
  const claimed = await db
    .updateTable('governance.person')
    .set({
      failed_sign_ins: count,
      locked_until: sql<Date | null>`case when ${count} >= ${attemptsMax} then ${until}::timestamptz end`,
    })
    .where('id', '=', personId)
    .where((where) =>
      where.or([where('locked_until', 'is', null), where('locked_until', '<=', now)]),
    )
    .executeTakeFirst()
  if (claimed.numUpdatedRows === 0n) throw new DomainError('LOCKED_OUT', { minutes: lockMinutes })
}

export async function clearAttempts(db: Database, personId: Id<'person'>): Promise<void> {
  await db
    .updateTable('governance.person')
    .set({ failed_sign_ins: 0, locked_until: null })
    .where('id', '=', personId)
    .execute()
}
