import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { allShards } from '#metering/shards.ts'

export async function insertBoot(
  db: Database,
  boot: Readonly<{ bootId: string; at: Date }>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('metering.gateway_boot')
      .values({ boot_id: boot.bootId, started_at: boot.at })
      .execute()
    await tx
      .insertInto('metering.boot_progress')
      .values(
        allShards.map((shard) => ({
          boot_id: boot.bootId,
          shard,
          committed_sequence: 0n,
          heard_at: boot.at,
          complete_before: boot.at,
        })),
      )
      .execute()
  })
}

export async function finishBoot(
  db: Database,
  boot: Readonly<{ bootId: string; at: Date }>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const table of ['metering.boot_progress', 'metering.gateway_boot'] as const)
      await tx
        .updateTable(table)
        .set({ finished_at: boot.at })
        .where('boot_id', '=', boot.bootId)
        .where('finished_at', 'is', null)
        .execute()
  })
}

export type Committed = Readonly<{
  shard: number
  /** The boot's last sequence that is committed with all before it. */
  sequence: number
  /** When the writer last found the stream empty. */
  drainedAtMs: number
}>

export async function listCommitted(db: Database, bootId: string): Promise<Committed[]> {
  const rows = await db
    .selectFrom('metering.boot_progress as boot')
    .leftJoin('metering.shard as shard', 'shard.shard', 'boot.shard')
    .select(['boot.shard', 'committed_sequence', 'drained_at'])
    .where('boot_id', '=', bootId)
    .execute()
  return rows.map((row) => ({
    shard: row.shard,
    sequence: Number(row.committed_sequence),
    drainedAtMs: row.drained_at?.getTime() ?? 0,
  }))
}

/** Refusals of this shard and epoch that were counted in rounds before are events. */
export type RefusalsBefore = Readonly<{ shard: number; epoch: string; round: number }>

export async function listRefusalsBefore(
  db: Database,
  epochs: readonly string[],
): Promise<RefusalsBefore[]> {
  const rows = await db
    .selectFrom('metering.refusals_written')
    .select(['shard', 'epoch', 'before_round'])
    .where('epoch', 'in', epochs)
    .execute()
  return rows.map(({ shard, epoch, before_round }) => ({
    ...{ shard, epoch },
    round: Number(before_round),
  }))
}

/** Notes how far the boot has answered, so that a loss of it together with Redis can be counted. */
export async function noteAnswered(
  db: Database,
  note: Readonly<{
    bootId: string
    answered: readonly Readonly<{ shard: number; sequence: number }>[]
  }>,
): Promise<void> {
  await sql`
    update metering.boot_progress p set answered_sequence = a.sequence
    from unnest(${note.answered.map((each) => each.shard)}::smallint[],
      ${note.answered.map((each) => each.sequence)}::bigint[]) as a(shard, sequence)
    where p.boot_id = ${note.bootId} and p.shard = a.shard and p.answered_sequence < a.sequence`.execute(
    db,
  )
}

export type IdempotencyHolder = Readonly<{
  eventId: string
  occurredAtMs: number
  requestDigest: string
}>

export async function findIdempotencyHolder(
  db: Database,
  claim: Readonly<{ buyerId: string; key: string }>,
): Promise<IdempotencyHolder | undefined> {
  const row = await db
    .selectFrom('metering.idempotency_claim')
    .select(['event_id', 'occurred_at', 'request_digest'])
    .where('buyer_id', '=', claim.buyerId)
    .where('idempotency_key', '=', claim.key)
    .executeTakeFirst()
  return (
    row && {
      eventId: row.event_id,
      occurredAtMs: row.occurred_at.getTime(),
      requestDigest: row.request_digest,
    }
  )
}

export async function insertGap(
  db: Database,
  gap: Readonly<{
    gapId: string
    bootId: string
    shard: number
    reason: string
    attempts: number
    startedAt: Date
    endedAt: Date
    recordedAt: Date
  }>,
): Promise<void> {
  await db
    .insertInto('metering.gap_record')
    .values({
      id: gap.gapId,
      boot_id: gap.bootId,
      shard: gap.shard,
      reason: gap.reason,
      attempts: BigInt(gap.attempts),
      started_at: gap.startedAt,
      ended_at: gap.endedAt,
      recorded_at: gap.recordedAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Adds to the counts of the minute. */
export async function countKeyless(
  db: Database,
  input: Readonly<{ at: Date; counts: readonly (readonly [reason: string, attempts: number])[] }>,
): Promise<void> {
  if (input.counts.length === 0) return
  await db
    .insertInto('metering.keyless_minute')
    .values(
      input.counts.map(([reason, attempts]) => ({
        minute: new Date(Math.floor(input.at.getTime() / 60_000) * 60_000),
        reason,
        attempts: BigInt(attempts),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['minute', 'reason']).doUpdateSet({
        attempts: sql<bigint>`metering.keyless_minute.attempts + excluded.attempts`,
      }),
    )
    .execute()
}
