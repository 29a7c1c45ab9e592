import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Money, subtractMoney, sumMoney } from '#kernel/money.ts'
import { announce } from '#kernel/outbox.ts'
import { startOfDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#billing/own.ts'
import { postEntry } from '#billing/ledger/post-entry.ts'
import { paymentReceived } from '#billing/ledger/templates.ts'
import { allocate } from './allocate.ts'
import {
  type Allocation,
  type BankEntry,
  findPaymentOfEntry,
  insertPayment,
  listAllocations,
  lockBankEntry,
  type Payment,
  saveEntryStatus,
} from './payment.queries.ts'

export type MatchPayment = Readonly<{
  bankEntryId: Id<'bankentry'>
  buyerId: Id<'org'>
  /** In this order, each up to what it still owes; what is left stays the buyer's credit. */
  billIds: readonly Id<'bill'>[]
}>
export type MatchPaymentResult = Readonly<{
  kind: 'matched' | 'already_matched'
  paymentId: Id<'payment'>
  allocations: readonly Readonly<{ billId: Id<'bill'>; amountFen: Money }>[]
  creditFen: Money
}>

/**
 * Says whose money a bank entry is and which bills it settles (R64): in part, in whole, or beyond, and
 * what is beyond is owed to the buyer. One entry becomes one payment; matching again is a result.
 */
export async function matchPayment(ctx: Context, input: MatchPayment): Promise<MatchPaymentResult> {
  requirePermission(ctx, 'payment:match')
  return inTransaction(ctx.db, async (tx) => {
    const entry = await lockBankEntry(tx, input.bankEntryId)
    if (entry === undefined) throw new DomainError('NOT_FOUND')
    requireOwn(ctx, entry.operatorId)
    if (entry.status === 'matched') return alreadyMatched(tx, entry)
    await requireBuyer(tx, input.buyerId)
    const payment: Payment = {
      paymentId: newId('payment', ctx.clock),
      purpose: 'bills',
      operatorId: entry.operatorId,
      buyerId: input.buyerId,
      amountFen: entry.amountFen,
    }
    await insertPayment(tx, {
      ...payment,
      bankEntryId: entry.bankEntryId,
      matchedBy: actorId(ctx.actor),
      matchedAt: ctx.clock.now(),
    })
    await saveEntryStatus(tx, entry.bankEntryId, 'matched')
    const allocations = await allocateInOrder(tx, ctx, payment, input.billIds)
    const creditFen = await book(tx, ctx, { payment, entry, allocations })
    return { kind: 'matched', paymentId: payment.paymentId, allocations, creditFen }
  })
}

export async function requireBuyer(tx: Tx, buyerId: string): Promise<void> {
  const buyer = await tx
    .selectFrom('governance.organization')
    .select('id')
    .where('id', '=', buyerId)
    .where('kind', '=', 'buyer')
    .executeTakeFirst()
  if (buyer === undefined) throw new DomainError('NOT_FOUND')
}

async function allocateInOrder(
  tx: Tx,
  ctx: Context,
  payment: Payment,
  billIds: readonly Id<'bill'>[],
): Promise<Allocation[]> {
  const allocations: Allocation[] = []
  let availableFen = payment.amountFen
  for (const billId of new Set(billIds)) {
    const allocation = await allocate(tx, ctx, { payment, billId, availableFen })
    if (allocation === null) continue
    allocations.push(allocation)
    availableFen = subtractMoney(availableFen, allocation.amountFen)
  }
  return allocations
}

async function book(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ payment: Payment; entry: BankEntry; allocations: readonly Allocation[] }>,
): Promise<Money> {
  const { payment, entry } = input
  const allocatedFen = sumMoney(input.allocations.map((allocation) => allocation.amountFen))
  const creditFen = subtractMoney(payment.amountFen, allocatedFen)
  await postEntry(
    tx,
    ctx.clock,
    paymentReceived({
      ...payment,
      allocatedFen,
      creditFen,
      occurredAt: startOfDay(entry.paidOn),
      memo: entry.bankReference,
    }),
  )
  await audit(tx, ctx, {
    action: 'payment:match',
    objectType: 'payment',
    objectId: payment.paymentId,
    detail: { bankEntryId: entry.bankEntryId, allocatedFen, creditFen },
  })
  await announce(tx, ctx.clock, {
    kind: 'payment.matched',
    jobId: `payment-${payment.paymentId}`,
    payload: { paymentId: payment.paymentId, buyerId: payment.buyerId },
  })
  return creditFen
}

async function alreadyMatched(tx: Tx, entry: BankEntry): Promise<MatchPaymentResult> {
  const payment = await findPaymentOfEntry(tx, entry.bankEntryId)
  invariant(payment !== undefined, 'a matched entry has its payment')
  if (payment.purpose === 'top_up') throw new DomainError('PAYMENT_IS_A_TOP_UP')
  const allocations = await listAllocations(tx, payment.paymentId)
  const allocatedFen = sumMoney(allocations.map((allocation) => allocation.amountFen))
  return {
    kind: 'already_matched',
    paymentId: payment.paymentId,
    allocations,
    creditFen: subtractMoney(payment.amountFen, allocatedFen),
  }
}
