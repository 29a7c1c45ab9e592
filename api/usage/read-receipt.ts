import type { RouteContext } from '#api/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { requirePermission } from '#kernel/permissions.ts'
import {
  findStoredEvent,
  isDeliveryOpen,
  type RecordReceipt,
  signRecordReceipt,
} from '#metering/index.ts'
import { ownBuyer } from './own-buyer.ts'

/**
 * The receipt of a call of the buyer's own, signed now from the stored event: for a delivery in pieces, whose
 * headers could have none, and for whoever did not keep the one that came with the answer.
 * Errors: FORBIDDEN, NOT_FOUND (not stored, or not the buyer's), CONFLICT (the delivery is still open).
 */
export async function readReceipt(
  ctx: RouteContext,
  { eventId }: Readonly<{ eventId: string }>,
): Promise<RecordReceipt> {
  requirePermission(ctx, 'usage:read')
  const buyerId = ownBuyer(ctx)
  if (buyerId === undefined) throw new DomainError('FORBIDDEN', { reason: 'buyers_only' })
  const stored = await findStoredEvent(ctx.db, { buyerId, eventId })
  if (stored)
    return signRecordReceipt(ctx.keys, {
      event: stored.event,
      recordedAt: stored.recordedAt,
      signedAt: ctx.clock.now(),
    })
  const isOpen = await isDeliveryOpen(ctx.db, { buyerId, eventId })
  throw new DomainError(
    isOpen ? 'CONFLICT' : 'NOT_FOUND',
    isOpen ? { reason: 'delivery_open' } : {},
  )
}
