import { z } from 'zod'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { isOfOperator } from './operator-products.queries.ts'
import type { CallCursor } from './usage-screens.queries.ts'

export type DeliveryStanding = 'pending' | 'closed' | 'not_closed'

/** A delivery in pieces: open, closed by its event, or failed because nobody closed it in time. */
export type DeliveryView = Readonly<{
  eventId: string
  openedAt: Date
  deadlineAt: Date
  standing: DeliveryStanding
  closedAt: Date | null
  keyId: string
  subscriptionId: string | null
  productId: string | null
  route: string
  /** What a closing said that came after the deadline; it changed nothing. */
  lateClosing: Readonly<{
    at: Date
    resultClass: string
    bytes: bigint
    billable: boolean
  }> | null
}>

export type DeliveryFilter = Readonly<{
  buyerId: Id<'org'>
  operatorId?: Id<'org'>
  from?: Date
  to?: Date
  standing?: DeliveryStanding
}>

const told = z.looseObject({ resultClass: z.string(), bytes: z.int(), billable: z.boolean() })

/** The deliveries of one buyer, the newest first, after the cursor. */
export async function listDeliveries(
  db: Database,
  filter: DeliveryFilter,
  page: Readonly<{ after?: CallCursor; limit: number }>,
): Promise<DeliveryView[]> {
  const { after } = page
  const rows = await db
    .selectFrom('metering.open_delivery')
    .select(['event_id', 'occurred_at', 'deadline_at', 'standing', 'closed_at', 'key_id', 'route'])
    .select(['subscription_id', 'product_id', 'late_closing', 'late_closing_at'])
    .where('buyer_id', '=', filter.buyerId)
    .$if(filter.from !== undefined, (q) => q.where('occurred_at', '>=', filter.from ?? new Date(0)))
    .$if(filter.to !== undefined, (q) => q.where('occurred_at', '<', filter.to ?? new Date(0)))
    .$if(filter.standing !== undefined, (q) =>
      q.where('standing', '=', filter.standing ?? 'pending'),
    )
    .$if(filter.operatorId !== undefined, (q) => q.where(isOfOperator(filter.operatorId ?? '')))
    .$if(after !== undefined, (q) =>
      q.where((eb) =>
        eb(
          eb.refTuple('occurred_at', 'event_id'),
          '<',
          eb.tuple(after?.occurredAt ?? new Date(0), after?.eventId ?? ''),
        ),
      ),
    )
    .orderBy('occurred_at', 'desc')
    .orderBy('event_id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    openedAt: row.occurred_at,
    deadlineAt: row.deadline_at,
    standing: row.standing,
    closedAt: row.closed_at,
    keyId: row.key_id,
    subscriptionId: row.subscription_id,
    productId: row.product_id,
    route: row.route,
    lateClosing: row.late_closing_at && lateClosing(row.late_closing_at, row.late_closing),
  }))
}

function lateClosing(at: Date, body: unknown): DeliveryView['lateClosing'] {
  const { resultClass, bytes, billable } = told.parse(body)
  return { at, resultClass, bytes: BigInt(bytes), billable }
}

/** Whether an event of this id is still to come: its delivery is under way. */
export async function isDeliveryOpen(
  db: Database,
  of: Readonly<{ buyerId: Id<'org'>; eventId: string }>,
): Promise<boolean> {
  const row = await db
    .selectFrom('metering.open_delivery')
    .select('standing')
    .where('buyer_id', '=', of.buyerId)
    .where('event_id', '=', of.eventId)
    .executeTakeFirst()
  return row?.standing === 'pending'
}
