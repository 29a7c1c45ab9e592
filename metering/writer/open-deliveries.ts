import { parseUsageEvent, type UsageEvent } from '#metering/usage-event.ts'
import type { EventToWrite } from './insert-events.ts'
import type { SqlClient } from './sql-client.ts'

/** At most so many at once become failed events; the others follow with the next look. */
const expiredAtOnce = 500

type At = Readonly<{ shard: number; now: Date }>

/** Notes deliveries that have begun. One told again changes nothing; one whose event is there is closed. */
export async function insertOpenings(
  client: SqlClient,
  at: At,
  rows: readonly EventToWrite[],
): Promise<void> {
  if (rows.length === 0) return
  await client.query(
    `insert into metering.open_delivery (buyer_id, event_id, occurred_at, shard, boot_id, key_id,
       subscription_id, product_id, route, facts, deadline_at, recorded_at, standing, closed_at)
     select o.buyer_id, o.event_id, o.occurred_at, $1, o.boot_id, o.key_id, o.subscription_id, o.product_id,
       o.route, o.facts, o.deadline_at, $2,
       case when e.event_id is null then 'pending' else 'closed' end, e.recorded_at
     from unnest($3::text[], $4::uuid[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[],
       $10::text[], $11::jsonb[], $12::timestamptz[])
       as o(buyer_id, event_id, occurred_at, boot_id, key_id, subscription_id, product_id, route, facts, deadline_at)
     left join metering.usage_event e
       on e.buyer_id = o.buyer_id and e.occurred_at = o.occurred_at and e.event_id = o.event_id
     on conflict do nothing`,
    [
      at.shard,
      at.now.toISOString(),
      rows.map(({ event }) => event.buyerId),
      rows.map(({ event }) => event.eventId),
      rows.map(({ event }) => new Date(event.occurredAtMs).toISOString()),
      rows.map((row) => row.bootId),
      rows.map(({ event }) => event.keyId),
      rows.map(({ event }) => event.subscriptionId),
      rows.map(({ event }) => event.productId),
      rows.map(({ event }) => event.route),
      rows.map(({ event }) => JSON.stringify(event)),
      rows.map(({ event }) => new Date(event.opensUntilMs ?? 0).toISOString()),
    ],
  )
}

/**
 * Closes the deliveries whose events are told. The first closing stands: one that comes after the
 * deadline's failed event is not inserted, changes nothing, and is kept beside it as a conflict.
 */
export async function closeDeliveries(
  client: SqlClient,
  at: At,
  of: Readonly<{ told: readonly EventToWrite[]; inserted: readonly UsageEvent[] }>,
): Promise<void> {
  const closings = of.told.map(({ event }) => event).filter((event) => event.closesOpening)
  if (closings.length === 0) return
  const isNew = new Set(of.inserted)
  const standings = closings.map((event) =>
    isNew.has(event) && event.reason === notClosed ? 'not_closed' : 'closed',
  )
  const ids = [closings.map((event) => event.buyerId), closings.map((event) => event.eventId)]
  await client.query(
    `update metering.open_delivery d set standing = told.standing, closed_at = $4
     from unnest($1::text[], $2::uuid[], $3::text[]) as told(buyer_id, event_id, standing)
     where d.buyer_id = told.buyer_id and d.event_id = told.event_id and d.standing = 'pending'`,
    [...ids, standings, at.now.toISOString()],
  )
  const late = closings.filter((event) => !isNew.has(event) && event.reason !== notClosed)
  if (late.length === 0) return
  await client.query(
    `update metering.open_delivery d set late_closing = told.body, late_closing_at = $4
     from unnest($1::text[], $2::uuid[], $3::jsonb[]) as told(buyer_id, event_id, body)
     where d.buyer_id = told.buyer_id and d.event_id = told.event_id and d.standing = 'not_closed'
       and d.late_closing is null`,
    [
      late.map((event) => event.buyerId),
      late.map((event) => event.eventId),
      late.map((event) => JSON.stringify(event)),
      at.now.toISOString(),
    ],
  )
}

const notClosed = 'not_closed'

/**
 * The failed events of deliveries that nobody closed by their deadline. `drainedAt` is when the stream was
 * last seen drained: a closing sent before is committed by then.
 */
export async function expiredDeliveries(
  client: SqlClient,
  at: Readonly<{ shard: number; drainedAt: Date }>,
): Promise<EventToWrite[]> {
  const result = await client.query<{ facts: unknown; boot_id: string | null }>(
    `select facts, boot_id from metering.open_delivery
     where shard = $1 and standing = 'pending' and deadline_at < $2 order by deadline_at limit $3`,
    [at.shard, at.drainedAt.toISOString(), expiredAtOnce],
  )
  return result.rows.flatMap(({ facts, boot_id: bootId }) => {
    const opening = parseUsageEvent(facts)
    if (opening.kind === 'poison') return []
    return [{ event: failedEventOf(opening.event), bootId, bootSequence: null }]
  })
}

function failedEventOf({ opensUntilMs, ...opening }: UsageEvent): UsageEvent {
  return {
    ...opening,
    resultClass: 'failed',
    reason: notClosed,
    billable: false,
    repeatsEventId: null,
    durationMs: Math.max(0, (opensUntilMs ?? opening.occurredAtMs) - opening.occurredAtMs),
    closesOpening: true,
  }
}
