import type { Context } from '#kernel/context.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { listMonthsOfSeals } from './seal-rounds.queries.ts'
import { listSealRows, type SealRow } from './seal.queries.ts'

/** The seals of a month as everybody may see them, by day, product and supplement. */
export function listSeals(ctx: Pick<Context, 'db'>, month: Month): Promise<SealRow[]> {
  return listSealRows(ctx.db, { days: monthPeriod(month) })
}

/** The months that have seals, newest first. */
export function listSealedMonths(ctx: Pick<Context, 'db'>): Promise<Month[]> {
  return listMonthsOfSeals(ctx.db)
}
