/**
 * Something a call may use up in units: what a unit is, its caller knows. The counter holds what finished
 * calls have used and what calls under way have reserved; it only ever grows by use, its limit moves.
 */
export type Budget = Readonly<{
  /** Unique among the budgets of the buyer. */
  name: string
  /** How many units may be used altogether; null counts without a limit. */
  limitUnits: bigint | null
  /** The most this call can use. */
  reserveUnits: bigint
  /** How long the count is kept after the last use; null: for ever. */
  keepMs: number | null
}>

/** What an admitted call has marked in a budget, to be settled with its event. */
export type BudgetMark = Readonly<{
  usedKey: string
  reservedKey: string
  reserveUnits: bigint
  /** Nothing is reserved where there is no limit; what was used counts all the same. */
  isReserved: boolean
  keepMs: number | null
}>

export type BudgetKeys = Readonly<{ used: string; reserved: string }>

/** Where a budget of a buyer is counted. */
export function budgetKeysOf(of: Readonly<{ shard: number; name: string }>): BudgetKeys {
  return { used: `used:{${of.shard}}:${of.name}`, reserved: `reserved:{${of.shard}}:${of.name}` }
}

/** How a reservation stands in the set of its budget: whoever frees it reads there what it is worth. */
export function reservationOf(of: Readonly<{ eventId: string; reserveUnits: bigint }>): string {
  return `${of.eventId}|${of.reserveUnits}`
}

export function marksOf(shard: number, budgets: readonly Budget[]): BudgetMark[] {
  return budgets.map(({ name, limitUnits, reserveUnits, keepMs }) => {
    const { used, reserved } = budgetKeysOf({ shard, name })
    const isReserved = limitUnits !== null
    return { usedKey: used, reservedKey: reserved, reserveUnits, isReserved, keepMs }
  })
}
