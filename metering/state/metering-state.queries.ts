import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'

export type GatewayBoot = Readonly<{
  bootId: string
  startedAt: Date
  finishedAt: Date | null
  heardAt: Date
  completeBefore: Date
  committedEntries: bigint
}>

/** Boots that are not finished, and the latest that are. */
export async function listBoots(db: Database, limit: number): Promise<GatewayBoot[]> {
  const rows = await db
    .selectFrom('metering.gateway_boot as b')
    .innerJoin('metering.boot_progress as p', 'p.boot_id', 'b.boot_id')
    .select((eb) => [
      'b.boot_id',
      'b.started_at',
      'b.finished_at',
      eb.fn.max('p.heard_at').as('heard_at'),
      eb.fn.min('p.complete_before').as('complete_before'),
      eb.fn.sum<string>('p.committed_sequence').as('committed'),
    ])
    .groupBy(['b.boot_id', 'b.started_at', 'b.finished_at'])
    .orderBy((eb) => eb('b.finished_at', 'is not', null))
    .orderBy('b.started_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    bootId: row.boot_id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    heardAt: row.heard_at,
    completeBefore: row.complete_before,
    committedEntries: BigInt(row.committed),
  }))
}

export type GapRecord = Readonly<{
  gapId: string
  bootId: string
  shard: number
  reason: string
  attempts: bigint
  startedAt: Date
  endedAt: Date
}>

export async function listGaps(db: Database, limit: number): Promise<GapRecord[]> {
  const rows = await db
    .selectFrom('metering.gap_record')
    .select(['id', 'boot_id', 'shard', 'reason', 'attempts', 'started_at', 'ended_at'])
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    gapId: row.id,
    bootId: row.boot_id,
    shard: row.shard,
    reason: row.reason,
    attempts: row.attempts,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }))
}

export type KeylessHour = Readonly<{ hour: Date; reason: string; attempts: bigint }>

/** Attempts without a valid key by hour since a time, the latest first. */
export async function listKeylessHours(db: Database, since: Date): Promise<KeylessHour[]> {
  const rows = await db
    .selectFrom('metering.keyless_minute')
    .select((eb) => [
      sql<Date>`date_trunc('hour', minute)`.as('hour'),
      'reason',
      eb.fn.sum<string>('attempts').as('attempts'),
    ])
    .where('minute', '>=', since)
    .groupBy(['hour', 'reason'])
    .orderBy('hour', 'desc')
    .orderBy('reason')
    .execute()
  return rows.map((row) => ({ ...row, attempts: BigInt(row.attempts) }))
}

export type UsageConflict = Readonly<{
  conflictId: bigint
  shard: number
  buyerId: string
  occurredAt: Date
  eventId: string
  origin: string | null
  differs: readonly string[]
  recordedAt: Date
}>

export async function listConflicts(db: Database, limit: number): Promise<UsageConflict[]> {
  const rows = await db
    .selectFrom('metering.usage_conflict')
    .select([
      'id',
      'shard',
      'buyer_id',
      'occurred_at',
      'event_id',
      'boot_id',
      'differs',
      'recorded_at',
    ])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    conflictId: row.id,
    shard: row.shard,
    buyerId: row.buyer_id,
    occurredAt: row.occurred_at,
    eventId: row.event_id,
    origin: row.boot_id,
    differs: row.differs,
    recordedAt: row.recorded_at,
  }))
}
