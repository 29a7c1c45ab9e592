import { type RawBuilder, sql } from 'kysely'
import { type Database, type Tx } from '#kernel/database.ts'
import { dayPeriod } from '#kernel/period.ts'
import type { UsageEventRow } from './leaf.ts'
import { noProduct, type ShardSpan, type Subtree } from './seal-forms.ts'

const rowsPerFetch = 4_000
let cursors = 0

/**
 * The events of a day that a round covers, in the order they are sealed in: products, owners and buyers
 * by code units, events by id. Read by a cursor of the transaction, as many at a time as are needed.
 */
export async function* streamCoveredEvents(
  tx: Tx,
  input: Readonly<{ day: string; covers: readonly ShardSpan[] }>,
): AsyncGenerator<UsageEventRow> {
  const { from, to } = dayPeriod(input.day)
  const cursor = sql.id(`usage_to_seal_${++cursors}`)
  // All of it is read, and a large day is sorted in memory as far as that goes.
  await sql`set local cursor_tuple_fraction = 1`.execute(tx)
  await sql`set local work_mem = '64MB'`.execute(tx)
  await sql`
    declare ${cursor} no scroll cursor for
    select e.* from metering.usage_event e ${coveredBy(input.covers)}
    where e.occurred_at >= ${from} and e.occurred_at < ${to}
    order by coalesce(e.product_id, ${sql.lit(noProduct)}) collate "C",
      e.subscription_id is not null, coalesce(e.subscription_id, e.key_id) collate "C",
      e.buyer_id collate "C", e.event_id`.execute(tx)
  for (;;) {
    const { rows } = await sql<UsageEventRow>`
      fetch forward ${sql.lit(rowsPerFetch)} from ${cursor}`.execute(tx)
    yield* rows
    if (rows.length < rowsPerFetch) break
  }
  await sql`close ${cursor}`.execute(tx)
}

/**
 * The events of one subtree in their order. In short reads, because whoever downloads them may be slow:
 * what a round covers does not change meanwhile.
 */
export async function* readSubtreeEvents(
  db: Database,
  input: Readonly<{
    productId: string
    day: string
    covers: readonly ShardSpan[]
    subtree: Pick<Subtree, 'ownerKind' | 'ownerId' | 'buyerId'>
  }>,
): AsyncGenerator<UsageEventRow> {
  const { from, to } = dayPeriod(input.day)
  const { ownerKind, ownerId, buyerId } = input.subtree
  const isOwned =
    ownerKind === 'subscription'
      ? sql`e.subscription_id = ${ownerId}`
      : sql`e.subscription_id is null and e.key_id = ${ownerId}`
  yield* readPages(
    db,
    (after) => sql`
    select e.* from metering.usage_event e ${coveredBy(input.covers)}
    where e.buyer_id = ${buyerId} and e.occurred_at >= ${from} and e.occurred_at < ${to}
      and coalesce(e.product_id, ${noProduct}) = ${input.productId} and ${isOwned}
      ${after === undefined ? sql`` : sql`and e.event_id > ${after.event_id}::uuid`}
    order by e.event_id limit ${sql.lit(rowsPerFetch)}`,
  )
}

/** All events of a buyer in a time, oldest first, sealed or not. In short reads. */
export async function* readBuyerEvents(
  db: Database,
  input: Readonly<{ buyerId: string; from: Date; to: Date }>,
): AsyncGenerator<UsageEventRow> {
  yield* readPages(
    db,
    (after) => sql`
    select e.* from metering.usage_event e
    where e.buyer_id = ${input.buyerId}
      and e.occurred_at >= ${input.from} and e.occurred_at < ${input.to}
      ${
        after === undefined
          ? sql``
          : sql`and (e.occurred_at, e.event_id) > (${after.occurred_at}::timestamptz, ${after.event_id}::uuid)`
      }
    order by e.occurred_at, e.event_id limit ${sql.lit(rowsPerFetch)}`,
  )
}

async function* readPages(
  db: Database,
  query: (after: UsageEventRow | undefined) => RawBuilder<unknown>,
): AsyncGenerator<UsageEventRow> {
  let last: UsageEventRow | undefined
  for (;;) {
    const { rows } = await sql<UsageEventRow>`${query(last)}`.execute(db)
    yield* rows
    last = rows.at(-1)
    if (rows.length < rowsPerFetch) return
  }
}

function coveredBy(covers: readonly ShardSpan[]): RawBuilder<unknown> {
  return sql`join unnest(${covers.map((span) => span.shard)}::int[],
      ${covers.map((span) => String(span.afterBatch))}::bigint[],
      ${covers.map((span) => String(span.throughBatch))}::bigint[])
      as span (shard, after_batch, through_batch)
    on span.shard = e.shard and e.batch > span.after_batch and e.batch <= span.through_batch`
}
