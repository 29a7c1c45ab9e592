import type { DomainPage } from '#api/page.ts'
import type { Context } from '#kernel/context.ts'
import { refuseValue } from '#kernel/errors.ts'
import { type DeliveryStanding, type DeliveryView, listDeliveries } from '#metering/index.ts'
import { namesOf } from './names.queries.ts'
import { callCursorOf, filterOf, readCallCursor, type UsageQuestion } from './read-usage.ts'

export type DeliveryQuestion = Pick<UsageQuestion, 'from' | 'to' | 'buyerId'> &
  Readonly<{
    standing?: DeliveryStanding | undefined
    limit: number
    cursor?: string | undefined
  }>
export type NamedDelivery = DeliveryView & Readonly<{ productName: string | null }>

/** Deliveries in pieces of one buyer, the newest first: which are still open, and which nobody closed. */
export async function readDeliveries(
  ctx: Context,
  question: DeliveryQuestion,
): Promise<DomainPage<NamedDelivery>> {
  const { buyerId, operatorId, from, to } = filterOf(ctx, { ...question, mode: 'live' })
  if (buyerId === undefined) throw refuseValue('buyer_id', 'required')
  const { standing, cursor, limit } = question
  const after = cursor === undefined ? undefined : readCallCursor(cursor)
  const deliveries = await listDeliveries(
    ctx.db,
    {
      ...{ buyerId, from, to },
      ...(operatorId === undefined ? {} : { operatorId }),
      ...(standing === undefined ? {} : { standing }),
    },
    { limit: limit + 1, ...(after ? { after } : {}) },
  )
  const items = deliveries.slice(0, limit)
  const last = items.at(-1)
  const products = await namesOf(ctx.db, { by: 'product', ids: items.map((d) => d.productId) })
  return {
    items: items.map((each) => ({
      ...each,
      productName: products.get(each.productId ?? '')?.name ?? null,
    })),
    nextCursor:
      deliveries.length > limit && last
        ? callCursorOf({ occurredAt: last.openedAt, eventId: last.eventId })
        : null,
  }
}
