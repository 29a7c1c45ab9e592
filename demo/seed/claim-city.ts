import { systemClock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'

const setting = 'demo_city'

/** A city of which only a part was built; nothing can be trusted of it. */
export class UnfinishedCityError extends Error {
  override readonly name = 'UnfinishedCityError'

  constructor() {
    super(
      'The demo city in this database was begun and never finished. Run `npm run db:reset`, then start again.',
    )
  }
}

/** Takes the database for a city of its own. Errors: UnfinishedCityError. */
export async function claimCity(db: Database): Promise<'claimed' | 'already_built'> {
  const claimed = await db
    .insertInto('kernel.setting')
    .values({ name: setting, value: JSON.stringify('building'), recorded_at: systemClock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst()
  if (claimed !== undefined) return 'claimed'
  const { value } = await db
    .selectFrom('kernel.setting')
    .select('value')
    .where('name', '=', setting)
    .executeTakeFirstOrThrow()
  if (value === 'built') return 'already_built'
  throw new UnfinishedCityError()
}

export async function finishCity(db: Database): Promise<void> {
  await db
    .updateTable('kernel.setting')
    .set({ value: JSON.stringify('built'), recorded_at: systemClock.now() })
    .where('name', '=', setting)
    .execute()
}
