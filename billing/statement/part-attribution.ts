import { parseSplitRule } from '#billing/split/split-rule.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import {
  addMoney,
  formatYuan,
  maxMoney,
  type Money,
  subtractMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import { cutByLargestRemainder, cutInSteps } from '#kernel/shares.ts'
import type { AttributionPart } from './statement-content.ts'
import type { StatementReceipt } from './statement-inputs.ts'
import { byText, type SortedInputs } from './sorted-inputs.ts'

type Basis = AttributionPart['basis']

/** Part F: revenue per product over its resources by lineage weights, to the fen (R77). */
export function attributionPart(inputs: SortedInputs): AttributionPart {
  const basis = basisOf(inputs)
  const byProduct = revenueByProduct(inputs, basis)
  const products = [...byProduct]
    .filter(([, amount]) => amount !== 0n)
    .map(([productId, amount]) => attributedProduct(inputs, productId, amount))
    .sort(byText((product) => product.productCode))
  const byProvider = Map.groupBy(
    products.flatMap((product) => product.shares),
    (share) => share.fact.providerId,
  )
  return {
    basis,
    totalYuan: formatYuan(sumMoney(byProduct.values())),
    products: products.map(({ shares, ...product }) => ({
      ...product,
      resources: shares.map(({ fact: { productId: _productId, ...fact }, amountFen }) => ({
        ...fact,
        amountYuan: formatYuan(amountFen),
      })),
    })),
    providers: [...byProvider.values()]
      .map((shares) => ({
        providerId: shares[0]?.fact.providerId ?? '',
        providerName: shares[0]?.fact.providerName ?? '',
        amountYuan: formatYuan(sumMoney(shares.map((share) => share.amountFen))),
      }))
      .sort(byText((provider) => `${provider.providerName} ${provider.providerId}`)),
  }
}

export function basisOf(inputs: SortedInputs): Basis {
  const rule = parseSplitRule(inputs.facts.rule.form)
  return `${rule.accrual}_${rule.base.kind === 'gross' ? 'gross' : 'net'}`
}

function attributedProduct(inputs: SortedInputs, productId: string, amount: Money) {
  const product = inputs.productOf(productId)
  const facts = inputs.facts.lineage
    .filter((fact) => fact.productId === productId)
    .sort(byText((fact) => fact.resourceCode))
  const parts = cutByLargestRemainder(
    amount,
    facts.map((fact) => parseDecimal(fact.weight)),
  )
  return {
    productId,
    productCode: product.code,
    productName: product.name,
    amountYuan: formatYuan(amount),
    shares: facts.map((fact, index) => ({ fact, amountFen: parts[index] ?? zeroFen })),
  }
}

function revenueByProduct(inputs: SortedInputs, basis: Basis): Map<string, Money> {
  const revenue = new Map<string, Money>()
  const add = (productId: string, amount: Money) =>
    revenue.set(productId, addMoney(revenue.get(productId) ?? zeroFen, amount))
  if (basis === 'billed_gross' || basis === 'billed_net')
    for (const line of inputs.memberLines)
      add(line.productId, basis === 'billed_gross' ? line.amountFen : line.netFen)
  else
    for (const receipt of inputs.receipts)
      for (const [productId, amount] of receiptByProduct(inputs, receipt, basis))
        add(productId, amount)
  return revenue
}

/**
 * What of a receipt came for which product of its bill: cut of all settled so far less cut of what
 * was settled before, so that a bill paid in parts gives each product what its lines say.
 */
export function receiptByProduct(
  inputs: Pick<SortedInputs, 'linesOf'>,
  receipt: StatementReceipt,
  basis: Basis,
): Map<string, Money> {
  const isGross = basis === 'received_gross'
  const byProduct = Map.groupBy(inputs.linesOf(receipt.billId), (line) => line.productId)
  const productIds = [...byProduct.keys()].sort()
  const weights = productIds.map((productId) =>
    maxMoney(
      zeroFen,
      sumMoney(
        (byProduct.get(productId) ?? []).map((line) => (isGross ? line.amountFen : line.netFen)),
      ),
    ),
  )
  const before = isGross ? receipt.settledBeforeFen : receipt.netBeforeFen
  const after = addMoney(before, isGross ? receipt.amountFen : receipt.netFen)
  const partsAfter = cutInSteps(after, weights)
  const partsBefore = cutInSteps(before, weights)
  return new Map(
    productIds.map((productId, index) => [
      productId,
      subtractMoney(partsAfter[index] ?? zeroFen, partsBefore[index] ?? zeroFen),
    ]),
  )
}
