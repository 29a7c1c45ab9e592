import { formatDecimal, zeroDecimal } from '#kernel/decimal.ts'
import { formatYuan, sumMoney } from '#kernel/money.ts'
import type {
  BillRow,
  CorrectionRow,
  ReceivableRow,
  ReceivablesPart,
  ReceivableTotal,
} from './statement-content.ts'
import type { StatementBill, StatementLine } from './statement-inputs.ts'
import { byText, type SortedInputs } from './sorted-inputs.ts'

/** Part B: sums of rounded lines, never rounded again from raw (policy.md 6.5). */
export function receivablesPart(inputs: SortedInputs): ReceivablesPart {
  const lines = inputs.memberLines
  return {
    rows: [...Map.groupBy(lines, rowKey).values()]
      .map((group) => receivableRow(inputs, group))
      .filter((row) => row !== undefined)
      .sort(byText((row) => [row.productCode, row.kind, row.priceNumber, row.taxRate].join(' '))),
    bills: inputs.memberBills.map((bill) => billRow(inputs, bill)),
    adjustments: lines
      .filter((line) => line.kind === 'adjustment')
      .map((line) => correctionRow(inputs, line)),
    lateItems: lines
      .filter((line) => line.kind === 'late')
      .map((line) => correctionRow(inputs, line)),
    total: totalOf(lines),
  }
}

function rowKey(line: StatementLine): string {
  return [
    line.productId,
    line.kind,
    line.priceNumber ?? '-',
    line.unit,
    formatDecimal(line.taxRate),
  ].join(' ')
}

function receivableRow(
  inputs: SortedInputs,
  lines: readonly StatementLine[],
): ReceivableRow | undefined {
  const first = lines[0]
  if (first === undefined) return undefined
  const product = inputs.productOf(first.productId)
  const quantity = lines.reduce((sum, line) => sum.plus(line.quantity), zeroDecimal)
  return {
    productId: product.id,
    productCode: product.code,
    productName: product.name,
    kind: first.kind,
    priceNumber: first.priceNumber,
    unit: first.unit,
    billedCalls: String(lines.reduce((sum, line) => sum + line.billedCalls, 0n)),
    quantity: formatDecimal(quantity),
    taxRate: formatDecimal(first.taxRate),
    ...totalOf(lines),
  }
}

function totalOf(lines: readonly StatementLine[]): ReceivableTotal {
  const atCap = lines.reduce((sum, line) => sum.plus(line.capAmountYuan), zeroDecimal)
  return {
    atCapYuan: atCap.toFixed(2),
    amountYuan: formatYuan(sumMoney(lines.map((line) => line.amountFen))),
    taxYuan: formatYuan(sumMoney(lines.map((line) => line.taxFen))),
    netYuan: formatYuan(sumMoney(lines.map((line) => line.netFen))),
  }
}

function billRow(inputs: SortedInputs, bill: StatementBill): BillRow {
  return {
    billId: bill.billId,
    number: bill.number,
    month: bill.month,
    buyerId: bill.buyerId,
    buyerName: inputs.buyerNameOf(bill.buyerId),
    amountYuan: formatYuan(bill.grossFen),
    taxYuan: formatYuan(bill.taxFen),
    netYuan: formatYuan(bill.netFen),
    contentDigest: bill.contentDigest,
  }
}

function correctionRow(inputs: SortedInputs, line: StatementLine): CorrectionRow {
  const bill = inputs.billOf(line.billId)
  return {
    lineId: line.lineId,
    billNumber: bill.number,
    buyerName: inputs.buyerNameOf(bill.buyerId),
    productName: inputs.productOf(line.productId).name,
    usageMonth: line.usageMonth,
    correctsLineId: line.correctsLineId,
    amountYuan: formatYuan(line.amountFen),
  }
}
