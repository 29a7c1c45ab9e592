import { formatDecimal } from '#kernel/decimal.ts'
import { formatYuan } from '#kernel/money.ts'
import type { StatementLine, StatementReceipt } from './statement-inputs.ts'
import type { SortedInputs } from './sorted-inputs.ts'

export type DetailFile = Readonly<{ name: string; rows: number; bytes: Uint8Array }>

const lineColumns = [
  'bill_number',
  'buyer',
  'position',
  'kind',
  'product_code',
  'product',
  'usage_month',
  'price_number',
  'unit',
  'quantity',
  'calls',
  'billed_calls',
  'amount_yuan',
  'tax_rate',
  'tax_yuan',
  'net_yuan',
] as const
const receiptColumns = [
  'payment',
  'bank_reference',
  'paid_on',
  'matched_at',
  'buyer',
  'bill_number',
  'amount_yuan',
  'tax_yuan',
  'net_yuan',
] as const

/** The files of part J, line by line what parts B and C are sums of. */
export function detailFiles(inputs: SortedInputs): readonly DetailFile[] {
  const { number, version } = inputs.version
  return [
    csvFile(`${number}-v${version}-lines.csv`, lineColumns, inputs.memberLines, (line) =>
      lineRow(inputs, line),
    ),
    csvFile(`${number}-v${version}-receipts.csv`, receiptColumns, inputs.receipts, (receipt) =>
      receiptRow(inputs, receipt),
    ),
  ]
}

function lineRow(inputs: SortedInputs, line: StatementLine): string[] {
  const bill = inputs.billOf(line.billId)
  const product = inputs.productOf(line.productId)
  return [
    bill.number,
    inputs.buyerNameOf(bill.buyerId),
    String(line.position),
    line.kind,
    product.code,
    product.name,
    line.usageMonth,
    line.priceNumber ?? '',
    line.unit,
    formatDecimal(line.quantity),
    String(line.calls),
    String(line.billedCalls),
    formatYuan(line.amountFen),
    formatDecimal(line.taxRate),
    formatYuan(line.taxFen),
    formatYuan(line.netFen),
  ]
}

function receiptRow(inputs: SortedInputs, receipt: StatementReceipt): string[] {
  return [
    receipt.paymentId,
    receipt.bankReference,
    receipt.paidOn,
    receipt.allocatedAt.toISOString(),
    inputs.buyerNameOf(receipt.buyerId),
    inputs.billOf(receipt.billId).number,
    formatYuan(receipt.amountFen),
    formatYuan(receipt.taxFen),
    formatYuan(receipt.netFen),
  ]
}

/** Written here and not by a library: its digest is signed, so its bytes must never change by an update. */
function csvFile<T>(
  name: string,
  columns: readonly string[],
  values: readonly T[],
  rowOf: (value: T) => readonly string[],
): DetailFile {
  const rows = [columns, ...values.map(rowOf)].map((row) => row.map(csvField).join(','))
  // With a byte order mark, or Excel shows garbage instead of Chinese (ux.md A6).
  return { name, rows: values.length, bytes: Buffer.from(`\uFEFF${rows.join('\r\n')}\r\n`, 'utf8') }
}

function csvField(text: string): string {
  // A name that begins like a formula would be computed by a spreadsheet.
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
