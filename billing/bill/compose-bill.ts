import { canonicalDigest, canonicalJson, type CanonicalValue } from '#kernel/canonical-json.ts'
import { Decimal, formatDecimal } from '#kernel/decimal.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  addMoney,
  formatYuan,
  type Money,
  splitTax,
  subtractMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import { cutByLargestRemainder } from '#kernel/shares.ts'
import type { RatedLine } from '#billing/rating/rated-line.ts'

export type TaxedLine = RatedLine &
  Readonly<{ position: number; taxRate: Decimal; netFen: Money; taxFen: Money }>
export type ComposedBill = Readonly<{
  grossFen: Money
  netFen: Money
  taxFen: Money
  lines: readonly TaxedLine[]
}>

/**
 * Takes the tax out once for all lines of one rate and spreads it over them by largest remainder
 * (policy.md 6.4): the bill's tax is exact, and every line adds up. The bill is the sum of its rounded
 * lines (R62).
 */
export function composeBill(
  lines: readonly Readonly<{ line: RatedLine; taxRate: Decimal }>[],
): ComposedBill {
  const taxes = new Map<RatedLine, Money>()
  for (const group of Map.groupBy(lines, ({ taxRate }) => formatDecimal(taxRate)).values()) {
    const rate = group[0]?.taxRate ?? new Decimal(0)
    const parts = spreadTax(
      group.map(({ line }) => line.amountFen),
      rate,
    )
    group.forEach(({ line }, index) => taxes.set(line, parts[index] ?? zeroFen))
  }
  const taxed = lines.map(({ line, taxRate }, index) => {
    const taxFen = taxes.get(line) ?? zeroFen
    return {
      ...line,
      position: index + 1,
      taxRate,
      taxFen,
      netFen: subtractMoney(line.amountFen, taxFen),
    }
  })
  const grossFen = sumMoney(taxed.map((line) => line.amountFen))
  const taxFen = sumMoney(taxed.map((line) => line.taxFen))
  const netFen = sumMoney(taxed.map((line) => line.netFen))
  invariant(grossFen === netFen + taxFen, 'a bill adds up')
  return { grossFen, netFen, taxFen, lines: taxed }
}

/**
 * The tax of amounts of one rate, taken out once of their sum. Lines that take back carry the tax that their
 * charges carry less with them than without, so that both sides are cut by weights of one sign.
 */
function spreadTax(amounts: readonly Money[], rate: Decimal): Money[] {
  const { tax } = splitTax(sumMoney(amounts), rate)
  const charged = amounts.map((amount) => (amount > 0n ? amount : 0n) as bigint)
  const takenBack = amounts.map((amount) => (amount < 0n ? -amount : 0n) as bigint)
  if (takenBack.every((amount) => amount === 0n)) return cutByLargestRemainder(tax, charged)
  const chargedTax = splitTax(sumMoney(amounts.filter((amount) => amount > 0n)), rate).tax
  const parts = cutByLargestRemainder(chargedTax, charged)
  const back = cutByLargestRemainder(subtractMoney(tax, chargedTax), takenBack)
  return parts.map((part, index) => addMoney(part, back[index] ?? zeroFen))
}

/** The bill as canonical JSON with its digest: what was composed, in words that never change. */
export function billContent(
  head: Readonly<{
    billId: Id<'bill'>
    operatorId: Id<'org'>
    buyerId: Id<'org'>
    month: Month
    version: number
    usageThroughBatch: bigint
  }>,
  bill: ComposedBill,
): Readonly<{ content: string; contentDigest: string }> {
  const value: CanonicalValue = {
    ...head,
    grossYuan: formatYuan(bill.grossFen),
    netYuan: formatYuan(bill.netFen),
    taxYuan: formatYuan(bill.taxFen),
    lines: bill.lines.map(lineContent),
  }
  return { content: canonicalJson(value), contentDigest: canonicalDigest(value) }
}

function lineContent(line: TaxedLine): CanonicalValue {
  return {
    position: line.position,
    kind: line.kind,
    subscriptionId: line.subscriptionId,
    productId: line.productId,
    scenarioId: line.scenarioId,
    purposeClass: line.purposeClass,
    usageMonth: line.usageMonth,
    postedPriceId: line.postedPriceId,
    priceItemId: line.priceItemId,
    unit: line.unit,
    quantity: formatDecimal(line.quantity),
    quantityBefore: formatDecimal(line.quantityBefore),
    calls: line.calls,
    billedCalls: line.billedCalls,
    freeCalls: line.freeCalls,
    unroundedYuan: formatDecimal(line.unroundedYuan),
    amountYuan: formatYuan(line.amountFen),
    taxRate: formatDecimal(line.taxRate),
    netYuan: formatYuan(line.netFen),
    taxYuan: formatYuan(line.taxFen),
    serviceFrom: line.serviceFrom.toISOString(),
    serviceTo: line.serviceTo.toISOString(),
    ...(line.corrects && {
      correctsLineId: line.corrects.lineId,
      correctsEventId: line.corrects.eventId,
    }),
    tiers: line.tiers.map((tier) => ({
      position: tier.position,
      quantity: formatDecimal(tier.quantity),
      unitPriceYuan: formatDecimal(tier.unitPriceYuan),
      amountYuan: formatDecimal(tier.amountYuan),
    })),
  }
}
