import type { Database } from '#kernel/database.ts'
import { maxMoney, minMoney, type Money, moneyFromFen, zeroFen } from '#kernel/money.ts'
import { type AccountFigures, getAccountFigures } from '#billing/budget/allowance.queries.ts'
import { microYuanPerFen } from '#billing/budget/call-cost.ts'
import { type AccountKey, sumBalance } from './account.queries.ts'

/** What no bill and no use has a claim on, rounded down to the fen. Held refunds are taken off. May be negative. */
export function freeOf(figures: AccountFigures): Money {
  const micro = (figures.fundsFen - figures.owedFen) * microYuanPerFen - figures.unbilledMicroYuan
  const floor =
    micro >= 0n ? micro / microYuanPerFen : -((microYuanPerFen - 1n - micro) / microYuanPerFen)
  return moneyFromFen(floor)
}

/** The part of a balance that can go back. */
export function unusedOf(figures: AccountFigures, balanceFen: Money): Money {
  return maxMoney(zeroFen, minMoney(freeOf(figures), balanceFen))
}

export async function unusedBalance(db: Database, key: AccountKey, at: Date): Promise<Money> {
  return unusedOf(await getAccountFigures(db, { ...key, at }), await sumBalance(db, key))
}
