import { usageWatermark } from '#metering/index.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, minMoney, negateMoney, subtractMoney } from '#kernel/money.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { getAccountFigures } from '#billing/budget/allowance.queries.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { balanceRefunded } from '#billing/ledger/templates.ts'
import { listTopUps, lockAccount } from './account.queries.ts'
import {
  type BalanceRefund,
  insertRefundPart,
  lockRefund,
  saveRefundVerdict,
} from './refund.queries.ts'
import { freeOf } from './unused-balance.ts'

export type DecideRefund = Readonly<{
  refundId: Id<'refund'>
  verdict: 'approved' | 'refused'
  note: string
}>
export type DecideRefundResult = Readonly<{ kind: 'approved' | 'refused' | 'already_decided' }>

/** Gateways know of the hold a second after it; by then every call that did not is under way or over. */
const holdKnownAfterMs = 5_000

/**
 * A second person of the operator decides. Approved, the money leaves the balance and the bank, and no
 * split: it was never received. It is never less than what is used and not billed yet: every call from before
 * the hold must be in the events (REFUND_TOO_EARLY), and what they need stays (REFUND_EXCEEDS_UNUSED).
 */
export async function decideRefund(ctx: Context, input: DecideRefund): Promise<DecideRefundResult> {
  requirePermission(ctx, 'refund:decide')
  if (input.note.trim() === '') refuseValue('note', 'empty')
  return inTransaction(ctx.db, async (tx) => {
    const refund = await lockRefund(tx, input.refundId)
    if (refund === undefined) throw new DomainError('NOT_FOUND')
    requireOwn(ctx, refund.operatorId)
    if (refund.status !== 'requested') return { kind: 'already_decided' }
    const by = actorId(ctx.actor)
    if (refund.requestedBy === by) throw new DomainError('SELF_APPROVAL')
    const at = ctx.clock.now()
    await lockAccount(tx, refund, at)
    if (input.verdict === 'approved') await payBack(tx, ctx, refund)
    await saveRefundVerdict(tx, refund.refundId, {
      ...{ status: input.verdict, by, at },
      note: input.note.trim(),
    })
    await audit(tx, ctx, {
      action: 'refund:decide',
      objectType: 'balance_refund',
      objectId: refund.refundId,
      detail: { verdict: input.verdict, amountFen: refund.amountFen },
    })
    return { kind: input.verdict }
  })
}

async function payBack(tx: Tx, ctx: Context, refund: BalanceRefund): Promise<void> {
  const { refundId, amountFen, requestedAt } = refund
  const complete = await usageWatermark(tx)
  if (complete === null || complete.getTime() < requestedAt.getTime() + holdKnownAfterMs)
    throw new DomainError('REFUND_TOO_EARLY')
  const topUps = await listTopUps(tx, refund)
  const free = freeOf(await getAccountFigures(tx, { ...refund, at: ctx.clock.now() }))
  // The amount itself is held already, so whatever is missing now is missing beyond it.
  if (free < 0n)
    throw new DomainError('REFUND_EXCEEDS_UNUSED', {
      unusedYuan: formatYuan(subtractMoney(amountFen, minMoney(amountFen, negateMoney(free)))),
    })
  let left = amountFen
  for (const { paymentId, restFen } of topUps.toReversed()) {
    const part = minMoney(left, restFen)
    if (part <= 0n) break
    await insertRefundPart(tx, { refundId, paymentId, amountFen: part })
    left = subtractMoney(left, part)
  }
  if (left > 0n)
    throw new DomainError('REFUND_EXCEEDS_UNUSED', {
      unusedYuan: formatYuan(subtractMoney(amountFen, left)),
    })
  const transaction = await postEntry(
    tx,
    ctx.clock,
    balanceRefunded({ ...refund, occurredAt: ctx.clock.now(), memo: refund.payeeAccount }),
  )
  invariant(transaction !== null, 'a refund is booked')
}
