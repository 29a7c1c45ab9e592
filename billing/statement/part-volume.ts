import { formatDecimal, type Decimal, zeroDecimal } from '#kernel/decimal.ts'
import type { VolumeRow } from './statement-content.ts'
import type { StatementLine } from './statement-inputs.ts'
import { byText, type SortedInputs } from './sorted-inputs.ts'

/**
 * Part A. A row is a product for one purpose in one unit; its meter reads on from the statement
 * before, and a product not used this time keeps its row and its reading.
 */
export function volumePart(inputs: SortedInputs): readonly VolumeRow[] {
  const used = Map.groupBy(inputs.memberLines, rowKey)
  const before = new Map(inputs.previous?.volume.map((row) => [rowKey(row), row]))
  const keys = new Set([...before.keys(), ...used.keys()])
  return [...keys]
    .map((key) => volumeRow(inputs, used.get(key) ?? [], before.get(key)))
    .filter((row) => row !== undefined)
    .sort(byText((row) => `${row.productCode} ${row.purposeClass} ${row.unit}`))
}

function rowKey(of: { productId: string; purposeClass: string; unit: string }): string {
  return [of.productId, of.purposeClass, of.unit].join(' ')
}

function volumeRow(
  inputs: SortedInputs,
  lines: readonly StatementLine[],
  before: VolumeRow | undefined,
): VolumeRow | undefined {
  const first = lines[0] ?? before
  if (first === undefined) return undefined
  const product = lines[0] === undefined ? undefined : inputs.productOf(lines[0].productId)
  const disputed = new Set(inputs.facts.disputedLineIds)
  const calls = sumCalls(lines, (line) => line.calls)
  const opening = BigInt(before?.closingReading ?? '0')
  const freeByReason = sumByReason(lines)
  return {
    productId: first.productId,
    productCode: product?.code ?? before?.productCode ?? '',
    productName: product?.name ?? before?.productName ?? '',
    purposeClass: first.purposeClass,
    unit: first.unit,
    openingReading: String(opening),
    calls: String(calls),
    closingReading: String(opening + calls),
    billedCalls: String(sumCalls(lines, (line) => line.billedCalls)),
    freeCalls: String(Object.values(freeByReason).reduce((sum, each) => sum + BigInt(each), 0n)),
    freeByReason,
    disputedCalls: String(
      sumCalls(
        lines.filter((line) => disputed.has(line.lineId)),
        (line) => line.calls,
      ),
    ),
    billedQuantity: formatDecimal(sumQuantity(lines)),
  }
}

function sumCalls(lines: readonly StatementLine[], read: (line: StatementLine) => bigint): bigint {
  return lines.reduce((sum, line) => sum + read(line), 0n)
}

function sumQuantity(lines: readonly StatementLine[]): Decimal {
  return lines.reduce((sum, line) => sum.plus(line.quantity), zeroDecimal)
}

function sumByReason(lines: readonly StatementLine[]): Record<string, string> {
  const sums = new Map<string, bigint>()
  for (const line of lines)
    for (const [reason, calls] of Object.entries(line.freeCalls))
      sums.set(reason, (sums.get(reason) ?? 0n) + BigInt(calls))
  return Object.fromEntries([...sums].map(([reason, calls]) => [reason, String(calls)]))
}
