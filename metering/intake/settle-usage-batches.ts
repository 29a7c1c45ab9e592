import type { SqlClient } from '#metering/writer/sql-client.ts'
import { forwardJobId } from './forward-job.ts'

export type BatchName = Readonly<{ sourceId: string; sequence: bigint }>

/** Nobody else counts these until the commit, so what is counted next is what holds. */
const lockText = `
  select 1 from metering.usage_batch_standing s
  join unnest($1::text[], $2::bigint[]) as named(source_id, sequence) using (source_id, sequence)
  order by s.source_id, s.sequence, s.buyer_id for update of s`

/** A batch stays unsettled as long as an event of it is neither stored nor parked; one that was parked may be stored later. */
const countText = `
  with counted as (
    select t.source_id, t.sequence, t.buyer_id, count(e.event_id) as stored,
      count(*) filter (where e.event_id is null and exists (
        select from metering.parked_entry p
        where p.boot_id = t.source_id and position(t.event_id::text in p.body) > 0)) as parked
    from metering.usage_batch_standing s
    join unnest($1::text[], $2::bigint[]) as named(source_id, sequence) using (source_id, sequence)
    join metering.usage_batch_event t using (source_id, sequence, buyer_id)
    left join metering.usage_event e
      on e.buyer_id = t.buyer_id and e.occurred_at = t.occurred_at and e.event_id = t.event_id
    where s.settled_at is null or s.parked > 0
    group by 1, 2, 3)
  update metering.usage_batch_standing s set stored = c.stored, parked = c.parked,
    settled_at = coalesce(s.settled_at, case when c.stored + c.parked = s.event_count then $3::timestamptz end)
  from counted c
  where s.source_id = c.source_id and s.sequence = c.sequence and s.buyer_id = c.buyer_id`

const closeText = `
  update kernel.outbox o set closed_at = $4::timestamptz
  from unnest($1::text[], $2::bigint[], $3::text[]) as named(source_id, sequence, job_id)
  where o.job_id = named.job_id and o.closed_at is null and not exists (
    select from metering.usage_batch_standing s
    where s.source_id = named.source_id and s.sequence = named.sequence and s.settled_at is null)`

/**
 * Counts what is stored of these batches and closes the work of those that are stored whole, in the caller's
 * transaction: in the writer's it is the very commit that stores their last event.
 */
export async function settleUsageBatches(
  client: SqlClient,
  of: Readonly<{ batches: readonly BatchName[]; now: Date }>,
): Promise<void> {
  if (of.batches.length === 0) return
  const names = [
    of.batches.map(({ sourceId }) => sourceId),
    of.batches.map(({ sequence }) => String(sequence)),
  ]
  const now = of.now.toISOString()
  await client.query(lockText, names)
  await client.query(countText, [...names, now])
  await client.query(closeText, [...names, of.batches.map(forwardJobId), now])
}

/** An event, or one that could not be read, that a source reported. */
export type Written = Readonly<{ bootId: string | null; bootSequence: number | null }>

const batchesText = `
  select b.source_id, b.sequence from metering.usage_batch b
  join unnest($1::text[], $2::bigint[], $3::bigint[]) as wrote(source_id, first, last) using (source_id)
  where b.first_event <= wrote.last and b.first_event + b.event_count > wrote.first
  order by 1, 2`

/** The same for whatever a commit has written; what came by the gateways costs nothing. */
export async function settleWritten(
  client: SqlClient,
  of: Readonly<{ written: readonly Written[]; now: Date }>,
): Promise<void> {
  const spans = spansOf(of.written)
  if (spans.size === 0) return
  const { rows } = await client.query<{ source_id: string; sequence: string | bigint }>(
    batchesText,
    [
      [...spans.keys()],
      [...spans.values()].map(({ first }) => first),
      [...spans.values()].map(({ last }) => last),
    ],
  )
  const batches = rows.map((row) => ({
    sourceId: row.source_id,
    sequence: BigInt(row.sequence),
  }))
  await settleUsageBatches(client, { batches, now: of.now })
}

type Span = Readonly<{ first: number; last: number }>

/** From which of its numbers to which each source's were written; any, where the number is not known. */
function spansOf(written: readonly Written[]): Map<string, Span> {
  const spans = new Map<string, Span>()
  for (const { bootId, bootSequence } of written) {
    if (!bootId?.startsWith('source_')) continue
    const known = spans.get(bootId) ?? { first: Number.MAX_SAFE_INTEGER, last: 0 }
    spans.set(bootId, {
      first: Math.min(known.first, bootSequence ?? 0),
      last: Math.max(known.last, bootSequence ?? Number.MAX_SAFE_INTEGER),
    })
  }
  return spans
}
