import { decideCharge } from '#api/gateway/decide-charge.ts'
import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  findStoredEvent,
  proposeUsageCorrection,
  type StoredEvent,
  type UsageReplacement,
} from '#metering/index.ts'
import { findPriceRule } from './price-rule.queries.ts'

export type ProposeCorrection = Readonly<{
  buyerId: Id<'org'>
  eventId: string
  kind: 'void' | 'replace'
  reason: string
  reference: string
  replacement?: Omit<UsageReplacement, 'billable' | 'reason'>
}>

/**
 * Proposes a void, or a replacement whose charge is decided by the rule of the price that held at the call,
 * as the gateway would have; nobody enters "billable". Errors: those of proposeUsageCorrection.
 */
export async function proposeCorrection(ctx: Context, input: ProposeCorrection) {
  const { replacement, ...rest } = input
  if (replacement === undefined) return proposeUsageCorrection(ctx, { ...rest, replacement: null })
  const stored = await findStoredEvent(ctx.db, input)
  if (!stored) throw new DomainError('NOT_FOUND')
  return proposeUsageCorrection(ctx, {
    ...rest,
    replacement: await chargedReplacement(ctx, stored, replacement),
  })
}

async function chargedReplacement(
  ctx: Context,
  { event }: StoredEvent,
  told: Omit<UsageReplacement, 'billable' | 'reason'>,
): Promise<UsageReplacement> {
  const price =
    event.priceReference === null ? null : await findPriceRule(ctx.db, event.priceReference)
  const charge = decideCharge({
    mode: event.mode,
    purposeClass: event.purposeClass,
    price,
    resultClass: told.resultClass,
    httpStatus: told.httpStatus,
    why: 'upstream_failed',
  })
  return { ...told, ...charge }
}
