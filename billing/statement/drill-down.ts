import type { Context } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, type Money, sumMoney, zeroFen } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { basisOf, receiptByProduct } from './part-attribution.ts'
import { inputsOfVersion } from './regenerate.ts'
import { isOwn } from './sign-statement.ts'
import { type SortedInputs, sortedInputs } from './sorted-inputs.ts'
import type { StatementLine, StatementReceipt } from './statement-inputs.ts'
import { findStatementHeads } from './statement.queries.ts'

/** A figure of the statement, by where it stands (R71). */
export type StatementFigure =
  | Readonly<{
      part: 'volume'
      productId: Id<'product'>
      purposeClass?: 'public_interest' | 'industry'
      unit?: string
      column: 'calls' | 'billed' | 'free'
    }>
  | Readonly<{ part: 'receivables'; productId?: Id<'product'>; billId?: Id<'bill'> }>
  | Readonly<{ part: 'receipts'; buyerId?: Id<'org'> }>
  | Readonly<{ part: 'attribution'; productId: Id<'product'> }>

export type DrillDownLine = Readonly<{
  lineId: Id<'line'>
  billId: Id<'bill'>
  billNumber: string
  buyerId: Id<'org'>
  buyerName: string
  productName: string
  usageMonth: Month
  kind: string
  calls: bigint
  billedCalls: bigint
  amountFen: Money
  netFen: Money
}>
export type DrillDownReceipt = Readonly<{
  allocationId: Id<'match'>
  paymentId: Id<'payment'>
  billId: Id<'bill'>
  billNumber: string
  buyerId: Id<'org'>
  buyerName: string
  amountFen: Money
  netFen: Money
  /** Of `netFen` (or `amountFen`, where the base is gross) the part of the product asked for. */
  attributedFen: Money | null
}>
/** The members behind a figure. Lines lead on to their calls by `listBillLineCalls`. */
export type StatementDrillDown = Readonly<{
  lines: readonly DrillDownLine[]
  receipts: readonly DrillDownReceipt[]
  /** What the members add up to: the figure itself, as text like in the statement. */
  total: string
}>

/** From a figure of a version to the members it is the sum of (R71). Errors: NOT_FOUND. */
export async function drillDown(
  ctx: Context,
  input: Readonly<{ versionId: Id<'sver'>; figure: StatementFigure }>,
): Promise<StatementDrillDown> {
  requirePermission(ctx, 'statement:read')
  const [head] = await findStatementHeads(ctx.db, { versionId: input.versionId })
  if (head === undefined || !isOwn(ctx, head)) throw new DomainError('NOT_FOUND')
  return membersOfFigure(sortedInputs(await inputsOfVersion(ctx.db, input.versionId)), input.figure)
}

export function membersOfFigure(inputs: SortedInputs, figure: StatementFigure): StatementDrillDown {
  switch (figure.part) {
    case 'volume':
      return volumeMembers(inputs, figure)
    case 'receivables':
      return receivableMembers(inputs, figure)
    case 'receipts': {
      const receipts = inputs.receipts.filter(
        (receipt) => figure.buyerId === undefined || receipt.buyerId === figure.buyerId,
      )
      return {
        lines: [],
        receipts: receipts.map((receipt) => receiptView(inputs, receipt, null)),
        total: formatYuan(sumMoney(receipts.map((receipt) => receipt.amountFen))),
      }
    }
    case 'attribution':
      return attributionMembers(inputs, figure.productId)
  }
}

function volumeMembers(
  inputs: SortedInputs,
  figure: Extract<StatementFigure, { part: 'volume' }>,
): StatementDrillDown {
  const lines = inputs.memberLines.filter(
    (line) =>
      line.productId === figure.productId &&
      (figure.purposeClass ?? line.purposeClass) === line.purposeClass &&
      (figure.unit ?? line.unit) === line.unit,
  )
  const total = lines.reduce((sum, line) => sum + callsOf(line, figure.column), 0n)
  return { lines: lines.map((line) => lineView(inputs, line)), receipts: [], total: String(total) }
}

function callsOf(line: StatementLine, column: 'calls' | 'billed' | 'free'): bigint {
  if (column === 'calls') return line.calls
  if (column === 'billed') return line.billedCalls
  return Object.values(line.freeCalls).reduce((sum, calls) => sum + BigInt(calls), 0n)
}

function receivableMembers(
  inputs: SortedInputs,
  figure: Extract<StatementFigure, { part: 'receivables' }>,
): StatementDrillDown {
  const lines = inputs.memberLines.filter(
    (line) =>
      (figure.productId ?? line.productId) === line.productId &&
      (figure.billId ?? line.billId) === line.billId,
  )
  return {
    lines: lines.map((line) => lineView(inputs, line)),
    receipts: [],
    total: formatYuan(sumMoney(lines.map((line) => line.amountFen))),
  }
}

function attributionMembers(inputs: SortedInputs, productId: Id<'product'>): StatementDrillDown {
  const basis = basisOf(inputs)
  if (basis === 'billed_gross' || basis === 'billed_net') {
    const lines = inputs.memberLines.filter((line) => line.productId === productId)
    const amounts = lines.map((line) => (basis === 'billed_gross' ? line.amountFen : line.netFen))
    return {
      lines: lines.map((line) => lineView(inputs, line)),
      receipts: [],
      total: formatYuan(sumMoney(amounts)),
    }
  }
  const receipts = inputs.receipts
    .map((receipt) => ({
      receipt,
      part: receiptByProduct(inputs, receipt, basis).get(productId) ?? zeroFen,
    }))
    .filter(({ part }) => part !== 0n)
  return {
    lines: [],
    receipts: receipts.map(({ receipt, part }) => receiptView(inputs, receipt, part)),
    total: formatYuan(sumMoney(receipts.map(({ part }) => part))),
  }
}

function lineView(inputs: SortedInputs, line: StatementLine): DrillDownLine {
  const bill = inputs.billOf(line.billId)
  return {
    lineId: line.lineId as Id<'line'>,
    billId: line.billId as Id<'bill'>,
    billNumber: bill.number,
    buyerId: bill.buyerId as Id<'org'>,
    buyerName: inputs.buyerNameOf(bill.buyerId),
    productName: inputs.productOf(line.productId).name,
    usageMonth: line.usageMonth,
    kind: line.kind,
    calls: line.calls,
    billedCalls: line.billedCalls,
    amountFen: line.amountFen,
    netFen: line.netFen,
  }
}

function receiptView(
  inputs: SortedInputs,
  receipt: StatementReceipt,
  attributedFen: Money | null,
): DrillDownReceipt {
  return {
    allocationId: receipt.allocationId as Id<'match'>,
    paymentId: receipt.paymentId as Id<'payment'>,
    billId: receipt.billId as Id<'bill'>,
    billNumber: inputs.billOf(receipt.billId).number,
    buyerId: receipt.buyerId as Id<'org'>,
    buyerName: inputs.buyerNameOf(receipt.buyerId),
    amountFen: receipt.amountFen,
    netFen: receipt.netFen,
    attributedFen,
  }
}
