import { settleWritten } from '#metering/intake/settle-usage-batches.ts'
import type { UsageEvent } from '#metering/usage-event.ts'
import type { RefusalRound } from '#metering/recorder/admission.ts'
import { advanceBoots, type BootStep } from './boot-progress.ts'
import { ensurePartitions } from './ensure-partitions.ts'
import { recordConflicts } from './conflicts.ts'
import { type EventToWrite, insertEvents } from './insert-events.ts'
import { closeDeliveries, insertOpenings } from './open-deliveries.ts'
import { addToRollUps } from './roll-up.ts'
import type { SqlClient } from './sql-client.ts'

export type PoisonEntry = Readonly<{
  streamId: string
  position: number
  /** The gateway boot whose entry it came in, where that could be read. */
  bootId: string | null
  buyerId: string | null
  body: string
  reason: string
}>

export type Batch = Readonly<{
  /** Opening records of deliveries among them. */
  events: readonly EventToWrite[]
  poison: readonly PoisonEntry[]
  /** In the order of their entries. */
  boots: readonly BootStep[]
  /** Refusals counted in rounds before this one are events once this is committed. */
  refusalsBefore?: RefusalRound
}>

/**
 * Everything a batch changes, in one commit: events, roll-ups, idempotency claims, parked entries, how
 * far each boot is. Returns how many events were new. The caller holds the shard (see ShardWriter).
 */
export async function writeBatch(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
  batch: Batch,
): Promise<number> {
  await ensurePartitions(client, batch.events)
  await client.query('begin')
  try {
    const { inserted } = await applyBatch(client, at, batch)
    await client.query('commit')
    return inserted
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/**
 * The same within a transaction of the caller: what a replay writes goes this one way too. The shard's row
 * is locked until the commit, so batches of a shard commit in the order of their numbers.
 */
export async function applyBatch(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
  batch: Batch,
): Promise<Readonly<{ inserted: number; batch: bigint }>> {
  const number = await nextBatch(client, at)
  const target = { shard: at.shard, batch: number, recordedAt: at.now }
  const [openings, ended] = byOpening(batch.events)
  await insertOpenings(client, at, openings)
  const events = await withoutSecondCharges(client, ended)
  const inserted = await insertEvents(client, target, events)
  await closeDeliveries(client, at, { told: events, inserted })
  await recordConflicts(client, at, { told: events, inserted })
  await addToRollUps(client, inserted)
  await claimKeys(client, inserted)
  for (const entry of batch.poison) await park(client, at, entry)
  const unread = batch.poison.map(({ bootId }) => ({ bootId, bootSequence: null }))
  await settleWritten(client, { written: [...batch.events, ...unread], now: at.now })
  await advanceBoots(client, at, batch.boots)
  await client.query({
    name: 'count-committed',
    text: `update metering.shard set committed_events = committed_events + $2, updated_at = $3 where shard = $1`,
    values: [at.shard, inserted.length, at.now.toISOString()],
  })
  if (batch.refusalsBefore) await noteRefusals(client, at.shard, batch.refusalsBefore)
  return { inserted: inserted.length, batch: number }
}

/** An opening record is no event yet: the one that closes the delivery is. */
function byOpening(
  rows: readonly EventToWrite[],
): readonly [openings: readonly EventToWrite[], ended: readonly EventToWrite[]] {
  const openings = rows.filter(({ event }) => event.opensUntilMs !== undefined)
  if (openings.length === 0) return [openings, rows]
  return [openings, rows.filter(({ event }) => event.opensUntilMs === undefined)]
}

/** Locks the shard and takes the next batch number: batches of a shard commit in their order. */
export async function nextBatch(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
): Promise<bigint> {
  if (!(await lockShard(client, at.shard))) {
    await client.query(
      `insert into metering.shard (shard, updated_at) values ($1, $2) on conflict do nothing`,
      [at.shard, at.now.toISOString()],
    )
    await lockShard(client, at.shard)
  }
  const result = await client.query<{ last_batch: bigint }>({
    name: 'next-batch',
    text: `update metering.shard set last_batch = nextval('metering.batch_number') where shard = $1 returning last_batch`,
    values: [at.shard],
  })
  return BigInt(result.rows[0]?.last_batch ?? 0)
}

/** False where the shard has no row yet. */
async function lockShard(client: SqlClient, shard: number): Promise<boolean> {
  const result = await client.query({
    name: 'lock-shard',
    text: `select 1 from metering.shard where shard = $1 for update`,
    values: [shard],
  })
  return result.rowCount === 1
}

async function noteRefusals(
  client: SqlClient,
  shard: number,
  { epoch, round }: RefusalRound,
): Promise<void> {
  await client.query({
    name: 'note-refusals',
    text: `insert into metering.refusals_written (shard, epoch, before_round) values ($1, $2, $3)
     on conflict (shard, epoch) do update set before_round = $3`,
    values: [shard, epoch, round],
  })
}

/**
 * A caller's key pays once, for ever. Where Redis had forgotten the claim and two calls came through as
 * first ones, the later is recorded as a repeat of the one that holds the key.
 */
async function withoutSecondCharges(
  client: SqlClient,
  rows: readonly EventToWrite[],
): Promise<EventToWrite[]> {
  const keyed = rows.filter(({ event }) => event.billable && event.idempotencyKey !== null)
  if (keyed.length === 0) return [...rows]
  const holders = await findHolders(
    client,
    keyed.map(({ event }) => event),
  )
  return rows.map((row) => {
    const { event } = row
    if (!event.billable || event.idempotencyKey === null) return row
    const name = claimName(event)
    const holder = holders.get(name)
    if (holder === undefined) holders.set(name, event.eventId)
    if (holder === undefined || holder === event.eventId) return row
    const repeated = {
      ...event,
      resultClass: 'repeated' as const,
      reason: 'repeated',
      billable: false,
      repeatsEventId: holder,
    }
    return { ...row, event: repeated }
  })
}

async function findHolders(
  client: SqlClient,
  events: readonly UsageEvent[],
): Promise<Map<string, string>> {
  const result = await client.query<{
    buyer_id: string
    idempotency_key: string
    event_id: string
  }>(
    `select c.buyer_id, c.idempotency_key, c.event_id from metering.idempotency_claim c
     join unnest($1::text[], $2::text[]) as asked(buyer_id, idempotency_key) using (buyer_id, idempotency_key)`,
    [events.map((event) => event.buyerId), events.map((event) => event.idempotencyKey)],
  )
  return new Map(
    result.rows.map((row) => [`${row.buyer_id}\n${row.idempotency_key}`, row.event_id]),
  )
}

const claimName = (event: UsageEvent): string => `${event.buyerId}\n${event.idempotencyKey ?? ''}`

async function claimKeys(client: SqlClient, inserted: readonly UsageEvent[]): Promise<void> {
  const claims = inserted.filter((event) => event.billable && event.idempotencyKey !== null)
  if (claims.length === 0) return
  await client.query(
    `insert into metering.idempotency_claim (buyer_id, idempotency_key, event_id, occurred_at, product_id, request_digest)
     select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[])
     on conflict do nothing`,
    [
      claims.map((event) => event.buyerId),
      claims.map((event) => event.idempotencyKey),
      claims.map((event) => event.eventId),
      claims.map((event) => new Date(event.occurredAtMs).toISOString()),
      claims.map((event) => event.productId),
      claims.map((event) => event.requestDigest ?? ''),
    ],
  )
}

async function park(
  client: SqlClient,
  at: Readonly<{ shard: number; now: Date }>,
  entry: PoisonEntry,
): Promise<void> {
  await client.query(
    `insert into metering.parked_entry (shard, stream_id, position, buyer_id, body, reason, parked_at, boot_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      at.shard,
      entry.streamId,
      entry.position,
      entry.buyerId,
      entry.body,
      entry.reason,
      at.now.toISOString(),
      entry.bootId,
    ],
  )
}
