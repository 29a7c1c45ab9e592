import type { Context } from '#kernel/context.ts'
import { zeroDecimal } from '#kernel/decimal.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  type Money,
  roundToMoney,
  subtractMoney,
  sumMoney,
  unroundedFromMoney,
  zeroFen,
} from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { inputsOfVersion } from './regenerate.ts'
import { isOwn } from './sign-statement.ts'
import { type SortedInputs, sortedInputs } from './sorted-inputs.ts'
import type { StatementLine } from './statement-inputs.ts'
import { listMembers } from './statement-inputs.queries.ts'
import { findStatementHeads } from './statement.queries.ts'
import type { StatementHead } from './statement.ts'

export type ChangeKind =
  'volume' | 'price' | 'new_buyers' | 'lost_buyers' | 'late_items' | 'adjustments'
/** Why it changed since the statement before (ux.md A4): the steps lead from one total to the other. */
export type StatementChanges = Readonly<{
  previousMonth: Month | null
  previousBilledFen: Money
  billedFen: Money
  steps: readonly Readonly<{ kind: ChangeKind; amountFen: Money }>[]
  products: readonly Readonly<{
    productId: Id<'product'>
    productName: string
    previousFen: Money
    amountFen: Money
  }>[]
  previousReceivedFen: Money
  receivedFen: Money
  previousBaseFen: Money
  baseFen: Money
  previousGovernmentFen: Money
  governmentFen: Money
}>

/** The bridge from the statement before to this one, by causes. Errors: NOT_FOUND. */
export async function statementChanges(
  ctx: Context,
  versionId: Id<'sver'>,
): Promise<StatementChanges> {
  requirePermission(ctx, 'statement:read')
  const [head] = await findStatementHeads(ctx.db, { versionId })
  if (head === undefined || !isOwn(ctx, head)) throw new DomainError('NOT_FOUND')
  const { statement_version: earlier } = await listMembers(ctx.db, versionId)
  const heads = await findStatementHeads(ctx.db, { operatorId: head.operatorId })
  const previous = heads.find((each) => earlier.includes(each.versionId))
  const now = sortedInputs(await inputsOfVersion(ctx.db, versionId))
  const before = previous && sortedInputs(await inputsOfVersion(ctx.db, previous.versionId))
  return changesBetween({ head, now }, previous && before && { head: previous, now: before })
}

type Side = Readonly<{ head: StatementHead; now: SortedInputs }>

function changesBetween(current: Side, previous: Side | undefined): StatementChanges {
  const before = previous?.now.memberLines ?? []
  const after = current.now.memberLines
  return {
    previousMonth: previous?.head.month ?? null,
    previousBilledFen: amountOf(before),
    billedFen: amountOf(after),
    steps: stepsBetween(
      { lines: before, buyerOf: (line) => previous?.now.billOf(line.billId).buyerId ?? '' },
      { lines: after, buyerOf: (line) => current.now.billOf(line.billId).buyerId },
    ),
    products: productsBetween(current.now, previous?.now),
    previousReceivedFen: receivedOf(previous?.now),
    receivedFen: receivedOf(current.now),
    previousBaseFen: previous?.head.baseFen ?? zeroFen,
    baseFen: current.head.baseFen,
    previousGovernmentFen: previous?.head.governmentShareFen ?? zeroFen,
    governmentFen: current.head.governmentShareFen,
  }
}

export type BridgeSide = Readonly<{
  lines: readonly StatementLine[]
  buyerOf: (line: StatementLine) => string
}>

/**
 * Ordinary lines of a buyer and product in both: the change of quantity at the old average price is
 * volume, the rest is price. Late items and adjustments stand for themselves. The steps sum to the
 * change, to the fen.
 */
export function stepsBetween(before: BridgeSide, after: BridgeSide): StatementChanges['steps'] {
  const sums = new Map<ChangeKind, Money>()
  const add = (kind: ChangeKind, amount: Money) =>
    sums.set(kind, sumMoney([sums.get(kind) ?? zeroFen, amount]))
  for (const [kind, name] of [
    ['late', 'late_items'],
    ['adjustment', 'adjustments'],
  ] as const)
    add(name, subtractMoney(amountOf(ofKind(after, kind)), amountOf(ofKind(before, kind))))
  const old = Map.groupBy(ordinary(before), (line) => bridgeKey(before, line))
  const current = Map.groupBy(ordinary(after), (line) => bridgeKey(after, line))
  const oldBuyers = new Set(ordinary(before).map(before.buyerOf))
  const newBuyers = new Set(ordinary(after).map(after.buyerOf))
  for (const key of new Set([...old.keys(), ...current.keys()])) {
    const from = old.get(key) ?? []
    const to = current.get(key) ?? []
    const buyer = key.split(' ')[0] ?? ''
    const change = subtractMoney(amountOf(to), amountOf(from))
    if (!oldBuyers.has(buyer)) add('new_buyers', change)
    else if (!newBuyers.has(buyer)) add('lost_buyers', change)
    else {
      const volume = volumeEffect(from, to)
      add('volume', volume)
      add('price', subtractMoney(change, volume))
    }
  }
  const order: ChangeKind[] = [
    'volume',
    'price',
    'new_buyers',
    'lost_buyers',
    'late_items',
    'adjustments',
  ]
  return order.map((kind) => ({ kind, amountFen: sums.get(kind) ?? zeroFen }))
}

function volumeEffect(from: readonly StatementLine[], to: readonly StatementLine[]): Money {
  const oldQuantity = quantityOf(from)
  const change = subtractMoney(amountOf(to), amountOf(from))
  // Begun or ended between the two: all of it is volume.
  if (oldQuantity.isZero() || quantityOf(to).isZero()) return change
  const oldYuan = unroundedFromMoney(amountOf(from)).yuan
  const difference = quantityOf(to).minus(oldQuantity)
  return roundToMoney({ yuan: oldYuan.times(difference).div(oldQuantity) })
}

function bridgeKey(side: BridgeSide, line: StatementLine): string {
  return [side.buyerOf(line), line.productId, line.unit].join(' ')
}

function ordinary(side: BridgeSide): StatementLine[] {
  return side.lines.filter((line) => line.kind !== 'late' && line.kind !== 'adjustment')
}

function ofKind(side: BridgeSide, kind: string): StatementLine[] {
  return side.lines.filter((line) => line.kind === kind)
}

function quantityOf(lines: readonly StatementLine[]) {
  return lines.reduce((sum, line) => sum.plus(line.quantity), zeroDecimal)
}

function amountOf(lines: readonly StatementLine[]): Money {
  return sumMoney(lines.map((line) => line.amountFen))
}

function receivedOf(inputs: SortedInputs | undefined): Money {
  return sumMoney((inputs?.receipts ?? []).map((receipt) => receipt.amountFen))
}

function productsBetween(
  current: SortedInputs,
  previous: SortedInputs | undefined,
): StatementChanges['products'] {
  const amount = (inputs: SortedInputs | undefined, productId: string): Money =>
    amountOf((inputs?.memberLines ?? []).filter((line) => line.productId === productId))
  const names = new Map(
    [...(previous?.facts.products ?? []), ...current.facts.products].map((product) => [
      product.id,
      product.name,
    ]),
  )
  return [...names].map(([productId, productName]) => ({
    productId: productId as Id<'product'>,
    productName,
    previousFen: amount(previous, productId),
    amountFen: amount(current, productId),
  }))
}
