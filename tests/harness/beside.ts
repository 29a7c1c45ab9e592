import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'

/** What somebody does, and who. */
export type Deed = readonly [verb: (ctx: Context) => Promise<unknown>, ctx: Context]

/** Two verbs at once: the second begins when the first has done all but commit, and goes as far as it can. */
export async function doBeside([first, firstCtx]: Deed, [second, secondCtx]: Deed): Promise<void> {
  const { db } = secondCtx
  const { running } = await inTransaction(db, async (tx) => {
    await first({ ...firstCtx, db: tx })
    const begun = second(secondCtx)
    const isOver = begun.then(
      () => true,
      () => true,
    )
    let isAsFarAsItCan = false
    while (!isAsFarAsItCan) {
      const waiting = sql`select from pg_locks where not granted`.execute(db)
      isAsFarAsItCan = await Promise.race([isOver, waiting.then(({ rows }) => rows.length > 0)])
    }
    return { running: begun }
  })
  await running
}
