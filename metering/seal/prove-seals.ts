import type { Context } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import { inSnapshot, type Tx } from '#kernel/database.ts'
import { daysOfPeriod, type Period } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  findChainFaults,
  findGaps,
  findRoundFaults,
  type SealFault,
  wholeDay,
} from './seal-faults.ts'
import { findLastSealedDay, hasSealBefore, listRounds } from './seal-rounds.queries.ts'
import { listSealRows } from './seal.queries.ts'

export type SealProof = Readonly<{
  seals: number
  events: bigint
  faults: readonly SealFault[]
  holds: boolean
}>

/**
 * Makes the seals of some days again from the stored events and holds them against the stored seals, their
 * signatures and their chains (R45). Names day and product of whatever was changed, removed or added.
 */
export async function proveSeals(
  ctx: Context & Readonly<{ keys: Pick<KeyRing, 'verify'> }>,
  days: Period,
): Promise<SealProof> {
  requirePermission(ctx, 'usage:prove')
  const all = daysOfPeriod(days)
  return inSnapshot(ctx.db, async (tx) => {
    const rounds = await listRounds(tx, { from: all.at(0) ?? '', to: all.at(-1) ?? '' })
    const seals = await listSealRows(tx, { days })
    const sealsOf = Map.groupBy(seals, (seal) => `${seal.day} ${seal.supplement}`)
    const faults = await findChainFaults(tx, days)
    for (const round of rounds) {
      const own = sealsOf.get(`${round.day} ${round.supplement}`) ?? []
      faults.push(...(await findRoundFaults(tx, { round, seals: own, keys: ctx.keys })))
    }
    const byDay = Map.groupBy(rounds, (round) => round.day)
    for (const ofDay of byDay.values()) faults.push(...(await findGaps(tx, ofDay)))
    faults.push(...(await findUnsealedDays(tx, all, new Set(byDay.keys()))))
    const events = seals.reduce((sum, seal) => sum + seal.events, 0n)
    return { seals: seals.length, events, faults, holds: faults.length === 0 }
  })
}

/** Days are sealed one after the other, so one without a round between others was taken away. */
async function findUnsealedDays(
  tx: Tx,
  days: readonly string[],
  sealed: ReadonlySet<string>,
): Promise<SealFault[]> {
  const last = await findLastSealedDay(tx)
  const first = days[0]
  if (last === undefined || first === undefined) return []
  let begun = await hasSealBefore(tx, first)
  const faults: SealFault[] = []
  for (const day of days) {
    if (sealed.has(day)) begun = true
    else if (begun && day < last)
      faults.push({ day, productId: wholeDay, supplement: 0, reason: 'the day was not sealed' })
  }
  return faults
}
