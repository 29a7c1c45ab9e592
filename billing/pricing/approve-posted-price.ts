import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction, type TimeRange, type Tx } from '#kernel/database.ts'
import { DomainError, invariant } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { announce } from '#kernel/outbox.ts'
import { monthOf, yearOfMonth } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import { checkAgainstCap } from './check-against-cap.ts'
import { fullHourFrom, laterOf, placeInTime } from './place-in-time.ts'
import { lockProposal, type LockedProposal, saveProposalDecision } from './proposal.queries.ts'
import { refuseOtherPackage, refuseUnlessWithinCap } from './propose-posted-price.ts'
import { listPriceItems, lockPriceItem, type PriceItem } from './price-item.queries.ts'
import { insertPostedPrice, listPostedPrices, type PostedPrice } from './posted-price.queries.ts'
import { closeKnown } from './close-known.ts'

export type ApprovePostedPrice = Readonly<{ proposalId: Id<'proposal'> }>
export type ApprovePostedPriceResult = Readonly<{
  kind: 'posted' | 'already_posted'
  postedPriceId: Id<'posted'>
  number: string
  effectiveFrom: Date
}>

/** Gateways keep a price for at most a second; a minute is ample for every one to know the next. */
const noticeMs = 60_000

/**
 * Posts a proposed price, never backwards: an item's first price holds from its date or from now; one
 * that replaces another from the next full hour, so that every call's price was public before the call
 * and hourly roll-ups never straddle two prices. The ceiling is checked once more, and by the database
 * (R48). Only another person than the proposer may (SELF_APPROVAL).
 */
export async function approvePostedPrice(
  ctx: Context,
  input: ApprovePostedPrice,
): Promise<ApprovePostedPriceResult> {
  requirePermission(ctx, 'posted_price:approve')
  return inTransaction(ctx.db, async (tx) => {
    const proposal = await lockProposal(tx, ctx, input.proposalId)
    if (proposal.status === 'posted') return findPosted(tx, proposal)
    if (proposal.status !== 'proposed')
      throw new DomainError('INVALID_TRANSITION', { status: proposal.status })
    if (proposal.proposedBy === actorId(ctx.actor)) throw new DomainError('SELF_APPROVAL')
    const item = await itemFor(tx, ctx, proposal)
    refuseUnlessWithinCap(checkAgainstCap(proposal.form, item.cap))
    refuseOtherPackage(proposal.form, item.cap)
    const effective = await makeRoom(tx, ctx, item, proposal)
    const posted = await post(tx, ctx, { proposal, item, effective })
    await audit(tx, ctx, {
      action: 'posted_price:approve',
      objectType: 'posted_price',
      objectId: posted.postedPriceId,
      detail: { proposalId: proposal.proposalId, number: posted.number },
    })
    await announce(tx, ctx.clock, {
      kind: 'price.posted',
      jobId: `price-${posted.postedPriceId}`,
      payload: { postedPriceId: posted.postedPriceId },
    })
    return { kind: 'posted', ...posted }
  })
}

/** The item may have been replaced since the proposal: the one that holds when the price begins. */
async function itemFor(tx: Tx, ctx: Context, proposal: LockedProposal): Promise<PriceItem> {
  const now = ctx.clock.now()
  const items = await listPriceItems(tx, {
    productId: proposal.productId,
    code: proposal.code,
    knownAt: now,
    holdingFrom: laterOf(proposal.effectiveFrom, now),
  })
  const item = items[0]
  if (item === undefined) throw new DomainError('CONFLICT', { code: proposal.code })
  await lockPriceItem(tx, item.priceItemId)
  return item
}

async function makeRoom(
  tx: Tx,
  ctx: Context,
  item: PriceItem,
  proposal: LockedProposal,
): Promise<TimeRange> {
  const now = ctx.clock.now()
  const existing = await listPostedPrices(tx, { priceItemId: item.priceItemId, knownAt: now })
  const wanted = laterOf(proposal.effectiveFrom, item.effective.from, now)
  const from = existing.some((price) => price.effective.from <= wanted)
    ? fullHourFrom(laterOf(wanted, new Date(now.getTime() + noticeMs)))
    : wanted
  const { close, continuations, effective } = placeInTime(
    existing.map((price) => ({ id: price.postedPriceId, effective: price.effective })),
    { from, until: item.effective.to },
  )
  if (effective.to !== null && effective.to <= effective.from)
    throw new DomainError('CONFLICT', { code: item.code })
  await closeKnown(tx, 'billing.posted_price', { ids: close, at: now })
  for (const part of continuations)
    await insertContinuation(tx, ctx, { item, existing, of: part.of, effective: part.effective })
  return effective
}

async function insertContinuation(
  tx: Tx,
  ctx: Context,
  input: Readonly<{
    item: PriceItem
    existing: readonly PostedPrice[]
    of: string
    effective: TimeRange
  }>,
): Promise<void> {
  const price = input.existing.find((row) => row.postedPriceId === input.of)
  invariant(price !== undefined, 'a continuation is of a price that was read')
  await insertPostedPrice(tx, {
    postedPriceId: newId('posted', ctx.clock),
    priceItemId: price.priceItemId,
    cap: input.item.cap,
    form: price.form,
    number: price.number,
    reason: price.reason,
    effective: input.effective,
    knownFrom: ctx.clock.now(),
    continuesId: price.postedPriceId,
    madeBy: price.madeBy,
    approvedBy: price.approvedBy,
    postedAt: price.postedAt,
  })
}

type Posted = Omit<ApprovePostedPriceResult, 'kind'>

async function post(
  tx: Tx,
  ctx: Context,
  input: Readonly<{ proposal: LockedProposal; item: PriceItem; effective: TimeRange }>,
): Promise<Posted> {
  const { proposal, item, effective } = input
  const now = ctx.clock.now()
  const approvedBy = actorId(ctx.actor)
  const number = await nextDocumentNumber(tx, { prefix: 'SJJG', year: yearOfMonth(monthOf(now)) })
  const postedPriceId = postedPriceIdOf(proposal.proposalId)
  await insertPostedPrice(tx, {
    postedPriceId,
    priceItemId: item.priceItemId,
    cap: item.cap,
    form: proposal.form,
    number,
    reason: proposal.reason,
    effective,
    knownFrom: now,
    continuesId: null,
    madeBy: proposal.proposedBy,
    approvedBy,
    postedAt: now,
  })
  await saveProposalDecision(tx, {
    proposalId: proposal.proposalId,
    status: 'posted',
    decidedBy: approvedBy,
    decidedAt: now,
    reason: null,
  })
  return { postedPriceId, number, effectiveFrom: effective.from }
}

/** A proposal becomes at most one price: its id is the proposal's with the other prefix. */
function postedPriceIdOf(proposalId: Id<'proposal'>): Id<'posted'> {
  return `posted_${proposalId.slice('proposal_'.length)}` as Id<'posted'>
}

async function findPosted(tx: Tx, proposal: LockedProposal): Promise<ApprovePostedPriceResult> {
  const postedPriceId = postedPriceIdOf(proposal.proposalId)
  const [price] = await listPostedPrices(tx, { postedPriceId })
  invariant(price !== undefined, 'a posted proposal has its price')
  return {
    kind: 'already_posted',
    postedPriceId,
    number: price.number,
    effectiveFrom: price.effective.from,
  }
}
