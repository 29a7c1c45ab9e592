import { sql } from 'kysely'
import type { DigestAlgorithm } from '#kernel/crypto/digest.ts'
import type { Database, Tx } from '#kernel/database.ts'
import { type Day, dayOf, type Month } from '#kernel/period.ts'
import { shardCount } from '#metering/shards.ts'
import { leastWatermark, unstoredSince } from '#metering/watermark.queries.ts'
import type { ShardSpan } from './seal-forms.ts'

/** One sealing of a day: its first, or a supplement of what was committed later. */
export type SealRound = Readonly<{
  day: string
  supplement: number
  sealedAt: Date
  algorithm: DigestAlgorithm
  /** Merkle root over the digests of its seals, by product. */
  root: string
  seals: number
  covers: readonly ShardSpan[]
}>

/** One sealer at a time: a second would take the same place in the chains. */
export async function lockSealing(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('metering.seal'))`.execute(tx)
}

/**
 * Up to which batch each shard is committed, and the time before which nothing is missing; read at once,
 * so that the batches hold everything before that time. Undefined while a shard was never written.
 */
export async function findCommitted(
  db: Database,
): Promise<Readonly<{ through: readonly bigint[]; watermark: Date }> | undefined> {
  const rows = await db
    .selectFrom('metering.shard')
    .select(['shard', 'last_batch', 'watermark_at', unstoredSince.as('unstored_since')])
    .orderBy('shard')
    .execute()
  const watermark = leastWatermark(rows)
  if (watermark === null) return undefined
  return { through: rows.map((row) => row.last_batch), watermark }
}

/** The last day that was sealed; the days before it were too. */
export async function findLastSealedDay(db: Database): Promise<Day | undefined> {
  const row = await db
    .selectFrom('metering.seal_round')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst()
  return (row?.day ?? undefined) as Day | undefined
}

/** The months that have seals, newest first. */
export async function listMonthsOfSeals(db: Database): Promise<Month[]> {
  const rows = await db
    .selectFrom('metering.seal_round')
    .select((eb) => eb.fn<string>('to_char', ['day', eb.val('YYYY-MM')]).as('month'))
    .distinct()
    .orderBy('month', 'desc')
    .execute()
  return rows.map((row) => row.month as Month)
}

export async function hasSealBefore(db: Database, day: string): Promise<boolean> {
  const row = await db
    .selectFrom('metering.seal_round')
    .select('day')
    .where('day', '<', day)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function findFirstDayOfUsage(db: Database): Promise<Day | undefined> {
  const row = await db
    .selectFrom('metering.usage_hour')
    .select((eb) => eb.fn.min('hour').as('hour'))
    .executeTakeFirst()
  return row?.hour ? dayOf(row.hour) : undefined
}

/** Up to which batch each shard was searched for late events; 0 before the first search. */
export async function listScanned(db: Database): Promise<readonly bigint[]> {
  const rows = await db
    .selectFrom('metering.seal_scan')
    .select((eb) => ['shard', eb.fn.max('through_batch').as('through')])
    .groupBy('shard')
    .execute()
  const byShard = new Map(rows.map((row) => [row.shard, row.through]))
  return Array.from({ length: shardCount }, (_, shard) => byShard.get(shard) ?? 0n)
}

export async function insertScanned(
  db: Database,
  scan: Readonly<{ through: readonly bigint[]; at: Date }>,
): Promise<void> {
  await db
    .insertInto('metering.seal_scan')
    .values(
      scan.through.map((through, shard) => ({
        shard,
        through_batch: through,
        scanned_at: scan.at,
      })),
    )
    .onConflict((conflict) => conflict.columns(['shard', 'through_batch']).doNothing())
    .execute()
}

/** Days of a time that have events after these batches and up to those, oldest first. */
export async function listDaysWithEvents(
  db: Database,
  input: Readonly<{ from: Date; to: Date; after: readonly bigint[]; through: readonly bigint[] }>,
): Promise<Day[]> {
  const least = input.after.reduce((a, b) => (a < b ? a : b))
  const { rows } = await sql<{ day: Day }>`
    select distinct (e.occurred_at at time zone 'Asia/Shanghai')::date as day
    from metering.usage_event e
    join unnest(${input.after.map(String)}::bigint[], ${input.through.map(String)}::bigint[])
      with ordinality as span (after_batch, through_batch, position)
      on span.position = e.shard + 1 and e.batch > span.after_batch and e.batch <= span.through_batch
    where e.occurred_at >= ${input.from} and e.occurred_at < ${input.to}
      and e.batch > ${least.toString()}::bigint
    order by 1`.execute(db)
  return rows.map((row) => row.day)
}

/** The rounds of a day in their order, with what each covers. */
export async function listRounds(
  db: Database,
  days: Readonly<{ from: string; to: string }>,
): Promise<SealRound[]> {
  const rounds = await db
    .selectFrom('metering.seal_round')
    .select(['day', 'supplement', 'sealed_at', 'algorithm', 'root', 'seals'])
    .where('day', '>=', days.from)
    .where('day', '<=', days.to)
    .orderBy('day')
    .orderBy('supplement')
    .execute()
  const spans = await db
    .selectFrom('metering.seal_round_shard')
    .select(['day', 'supplement', 'shard', 'after_batch', 'through_batch'])
    .where('day', '>=', days.from)
    .where('day', '<=', days.to)
    .orderBy('shard')
    .execute()
  const byRound = Map.groupBy(spans, (span) => `${span.day} ${span.supplement}`)
  return rounds.map((row) => ({
    day: row.day,
    supplement: row.supplement,
    sealedAt: row.sealed_at,
    algorithm: row.algorithm,
    root: row.root,
    seals: row.seals,
    covers: (byRound.get(`${row.day} ${row.supplement}`) ?? []).map((span) => ({
      shard: span.shard,
      afterBatch: span.after_batch,
      throughBatch: span.through_batch,
    })),
  }))
}

export async function insertRound(tx: Tx, round: SealRound): Promise<void> {
  const { day, supplement, algorithm, root, seals } = round
  await tx
    .insertInto('metering.seal_round')
    .values({ day, supplement, sealed_at: round.sealedAt, algorithm, root, seals })
    .execute()
  await tx
    .insertInto('metering.seal_round_shard')
    .values(
      round.covers.map((span) => ({
        day,
        supplement,
        shard: span.shard,
        after_batch: span.afterBatch,
        through_batch: span.throughBatch,
      })),
    )
    .execute()
}
