import { audit } from '#kernel/audit.ts'
import { defaultDigest, type DigestAlgorithm } from '#kernel/crypto/digest.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { announce } from '#kernel/outbox.ts'
import { addDays, type Day, dayOf, dayPeriod, startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { type SealContext, type SealedRound, sealRound } from './seal-round.ts'
import type { ShardSpan } from './seal-forms.ts'
import {
  findCommitted,
  findFirstDayOfUsage,
  findLastSealedDay,
  insertScanned,
  listDaysWithEvents,
  listRounds,
  listScanned,
  lockSealing,
} from './seal-rounds.queries.ts'

export type SealUsageResult =
  | Readonly<{ kind: 'sealed'; through: Day; rounds: readonly SealedRound[] }>
  /** A shard was never written, or nothing was ever used. */
  | Readonly<{ kind: 'nothing_to_seal' }>

/**
 * Seals every business day that is over and whose events are all committed, and in supplements whatever
 * was committed after its day had been sealed (R45). A day is sealed once in a transaction of its own;
 * doing it again seals nothing. What a round covers it says by batch numbers, so that it can be made
 * again from the stored events for ever.
 */
export async function sealUsage(
  ctx: SealContext,
  input: Readonly<{ algorithm?: DigestAlgorithm }> = {},
): Promise<SealUsageResult> {
  requirePermission(ctx, 'usage:seal')
  const algorithm = input.algorithm ?? defaultDigest
  const committed = await findCommitted(ctx.db)
  if (committed === undefined) return { kind: 'nothing_to_seal' }
  const lastSealed = await findLastSealedDay(ctx.db)
  const first = lastSealed === undefined ? undefined : addDays(lastSealed, 1)
  const begin = first ?? (await findFirstDayOfUsage(ctx.db))
  if (begin === undefined) return { kind: 'nothing_to_seal' }
  const through = addDays(dayOf(committed.watermark), -1)
  const goal = { ...committed, algorithm }
  const rounds: SealedRound[] = []
  for (let day = begin; day <= through; day = addDays(day, 1))
    rounds.push(...(await sealDay(ctx, { ...goal, day, isDue: true })))
  // Late events of the days just sealed are in their seals; of earlier days they are supplements.
  const late = await listDaysWithEvents(ctx.db, {
    from: new Date(0),
    to: startOfDay(begin),
    after: await listScanned(ctx.db),
    through: committed.through,
  })
  for (const day of late) rounds.push(...(await sealDay(ctx, { ...goal, day, isDue: false })))
  rounds.push(...(await fillBack(ctx, { ...goal, late, begin })))
  await insertScanned(ctx.db, { through: committed.through, at: ctx.clock.now() })
  return { kind: 'sealed', through, rounds }
}

/** Something came so late that its day lies before the first that was sealed: no day between is left out. */
async function fillBack(
  ctx: SealContext,
  input: Omit<DayToSeal, 'day' | 'isDue'> & Readonly<{ late: readonly Day[]; begin: Day }>,
): Promise<SealedRound[]> {
  const rounds: SealedRound[] = []
  const [earliest] = input.late
  if (earliest === undefined) return rounds
  for (let day = earliest; day < input.begin; day = addDays(day, 1))
    rounds.push(...(await sealDay(ctx, { ...input, day, isDue: true })))
  return rounds
}

type DayToSeal = Readonly<{
  day: Day
  algorithm: DigestAlgorithm
  through: readonly bigint[]
  /** Sealed for the first time even if nothing was used, or only if something came late. */
  isDue: boolean
}>

async function sealDay(ctx: SealContext, input: DayToSeal): Promise<SealedRound[]> {
  const { day, algorithm, through } = input
  return inTransaction(ctx.db, async (tx) => {
    await lockSealing(tx)
    const last = (await listRounds(tx, { from: day, to: day })).at(-1)
    const covers = through.map((batch, shard) => spanAfter(last?.covers[shard], { shard, batch }))
    // Whoever sealed a due day meanwhile may have known less than is committed now.
    const isOwed = input.isDue && last === undefined
    if (!isOwed && !(await hasEvents(tx, day, covers))) return []
    const supplement = last === undefined ? 0 : last.supplement + 1
    const sealed = await sealRound(tx, ctx, { day, supplement, algorithm, covers })
    await tell(tx, ctx, sealed)
    return [sealed]
  })
}

function spanAfter(
  last: ShardSpan | undefined,
  now: Readonly<{ shard: number; batch: bigint }>,
): ShardSpan {
  const afterBatch = last?.throughBatch ?? 0n
  return {
    shard: now.shard,
    afterBatch,
    throughBatch: now.batch > afterBatch ? now.batch : afterBatch,
  }
}

async function hasEvents(tx: Tx, day: Day, covers: readonly ShardSpan[]): Promise<boolean> {
  const days = await listDaysWithEvents(tx, {
    ...dayPeriod(day),
    after: covers.map((span) => span.afterBatch),
    through: covers.map((span) => span.throughBatch),
  })
  return days.length > 0
}

/** Both bureaus are told the root and the counts; a day without use has nothing to tell. */
async function tell(tx: Tx, ctx: SealContext, sealed: SealedRound): Promise<void> {
  const name = `${sealed.day}-${sealed.supplement}`
  await audit(tx, ctx, {
    action: 'usage:seal',
    objectType: 'seal_round',
    objectId: name,
    detail: sealed,
  })
  if (sealed.seals === 0) return
  const { day, root } = sealed
  await announce(tx, ctx.clock, {
    kind: 'usage.sealed',
    jobId: `usage-sealed-${name}`,
    payload: {
      ...{ day, root },
      supplement: String(sealed.supplement),
      seals: String(sealed.seals),
      events: String(sealed.events),
      attempts: String(sealed.attempts),
      billed: String(sealed.billed),
    },
  })
}
