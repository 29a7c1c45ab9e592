import { sql } from 'kysely'
import { type CorrectedCharge, listCorrectedCharges } from '#metering/index.ts'
import type { Database } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { monthOf } from '#kernel/period.ts'
import type { ChargeToTakeBack } from '#billing/rating/rate-corrections.ts'
import type { BillKey } from './bill.queries.ts'

/** Calls of closed months that were corrected since the bill before, each with the line that charged it. */
export async function listChargesToTakeBack(
  db: Database,
  key: BillKey,
  batches: Readonly<{ billedThrough: bigint; throughBatch: bigint }>,
): Promise<ChargeToTakeBack[]> {
  const charges = await listCorrectedCharges(db, {
    buyerId: key.buyerId,
    afterBatch: batches.billedThrough,
    throughBatch: batches.throughBatch,
  })
  const closed = charges.filter(({ occurredAt }) => monthOf(occurredAt) < key.month)
  if (closed.length === 0) return []
  const lines = await listChargingLines(db, { key, charges: closed })
  return closed.flatMap((charge) => {
    const lineId = lines.get(charge.eventId)
    return lineId === undefined ? [] : [{ ...charge, lineId }]
  })
}

/**
 * For each charge of the operator the line of the first bill that had seen the event, in its subscription, month
 * and span of time. A charge of the buyer's with another operator has none here: that bill may not be made yet.
 */
async function listChargingLines(
  db: Database,
  of: Readonly<{ key: BillKey; charges: readonly CorrectedCharge[] }>,
): Promise<ReadonlyMap<string, Id<'line'>>> {
  const { key, charges } = of
  const result = await sql<{ event_id: string; line_id: Id<'line'> | null }>`
    select c.event_id, line.id as line_id
    from unnest(${charges.map((each) => each.eventId)}::uuid[],
      ${charges.map((each) => each.subscriptionId)}::text[],
      ${charges.map((each) => each.occurredAt.toISOString())}::timestamptz[],
      ${charges.map((each) => monthOf(each.occurredAt))}::text[],
      ${charges.map((each) => each.batch.toString())}::bigint[])
      as c(event_id, subscription_id, occurred_at, month, batch)
    join billing.subscription s on s.id = c.subscription_id and s.operator_id = ${key.operatorId}
    left join lateral (
      select l.id from billing.bill_line l
      join billing.bill b on b.id = l.bill_id
      join billing.bill_standing t on t.bill_id = b.id and t.status <> 'discarded'
      where b.buyer_id = ${key.buyerId} and l.subscription_id = c.subscription_id and l.usage_month = c.month
        and l.service_from <= c.occurred_at and l.service_to > c.occurred_at
        and l.kind in ('usage', 'free', 'late') and l.corrects_line_id is null
        and b.usage_through_batch >= c.batch
      order by b.usage_through_batch, b.month
      limit 1) line on true`.execute(db)
  return new Map(
    result.rows.map(({ event_id: eventId, line_id: lineId }) => {
      invariant(lineId !== null, `the call ${eventId} of a closed month stands on a bill line`)
      return [eventId, lineId]
    }),
  )
}
