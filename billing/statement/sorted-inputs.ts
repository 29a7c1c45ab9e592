import { invariant } from '#kernel/errors.ts'
import type { StatementContent } from './statement-content.ts'
import type {
  StatementBill,
  StatementInputs,
  StatementLine,
  StatementReceipt,
} from './statement-inputs.ts'

/** Inputs in the one order that everything is written in, with the look-ups the parts need. */
export type SortedInputs = StatementInputs &
  Readonly<{
    memberBills: readonly StatementBill[]
    /** Lines of the member bills, by bill number and position. */
    memberLines: readonly StatementLine[]
    previous: StatementContent | undefined
    billOf: (billId: string) => StatementBill
    linesOf: (billId: string) => readonly StatementLine[]
    productOf: (productId: string) => Readonly<{ id: string; code: string; name: string }>
    buyerNameOf: (buyerId: string) => string
  }>

/** Order by code units, the same in every locale. */
export function byText<T>(keyOf: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => compareText(keyOf(a), keyOf(b))
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

export function sortedInputs(inputs: StatementInputs): SortedInputs {
  const bills = inputs.bills.toSorted(byText((bill) => `${bill.number} ${bill.billId}`))
  const billById = new Map(bills.map((bill) => [bill.billId, bill]))
  const billOf = (billId: string) => found(billById.get(billId), billId)
  const lines = inputs.lines.toSorted(
    (a, b) =>
      compareText(billOf(a.billId).number, billOf(b.billId).number) || a.position - b.position,
  )
  const linesByBill = Map.groupBy(lines, (line) => line.billId)
  const products = new Map(inputs.facts.products.map((product) => [product.id, product]))
  const buyers = new Map(inputs.facts.buyers.map((buyer) => [buyer.id, buyer.name]))
  const earlier = inputs.earlier.toSorted(byText((content) => content.head.month))
  return {
    ...inputs,
    bills,
    lines,
    receipts: inputs.receipts.toSorted(byReceipt),
    seals: inputs.seals.toSorted(byText((seal) => seal.id)),
    earlier,
    memberBills: bills.filter((bill) => bill.isMember),
    memberLines: lines.filter((line) => billOf(line.billId).isMember),
    previous: earlier.at(-1),
    billOf,
    linesOf: (billId) => linesByBill.get(billId) ?? [],
    productOf: (productId) => found(products.get(productId), productId),
    buyerNameOf: (buyerId) => found(buyers.get(buyerId), buyerId),
  }
}

function byReceipt(a: StatementReceipt, b: StatementReceipt): number {
  return (
    a.allocatedAt.getTime() - b.allocatedAt.getTime() || compareText(a.allocationId, b.allocationId)
  )
}

function found<T>(value: T | undefined, id: string): T {
  invariant(value !== undefined, `a statement has all it names: ${id}`)
  return value
}
