import { invariant } from '#kernel/errors.ts'
import {
  addMoney,
  formatYuan,
  type Money,
  parseMoneyYuan,
  subtractMoney,
  sumMoney,
  zeroFen,
} from '#kernel/money.ts'
import { dayOf } from '#kernel/period.ts'
import type { ReceiptRow, ReceiptsPart, RollForwardAmounts } from './statement-content.ts'
import type { StatementReceipt } from './statement-inputs.ts'
import { byText, type SortedInputs } from './sorted-inputs.ts'

/** Part C: opening + billed − received − written off = closing, for each buyer and in total (R64). */
export function receiptsPart(inputs: SortedInputs): ReceiptsPart {
  const opening = new Map(
    inputs.previous?.receipts.buyers.map((row) => [row.buyerId, parseMoneyYuan(row.closingYuan)]),
  )
  const names = new Map(inputs.previous?.receipts.buyers.map((row) => [row.buyerId, row.buyerName]))
  const billed = Map.groupBy(inputs.memberBills, (bill) => bill.buyerId)
  const received = Map.groupBy(inputs.receipts, (receipt) => receipt.buyerId)
  const owing = [...opening].filter(([, amount]) => amount !== 0n).map(([buyerId]) => buyerId)
  const buyers = [...new Set([...owing, ...billed.keys(), ...received.keys()])].map((buyerId) => ({
    buyerId,
    buyerName: inputs.facts.buyers.some((buyer) => buyer.id === buyerId)
      ? inputs.buyerNameOf(buyerId)
      : (names.get(buyerId) ?? ''),
    amounts: {
      opening: opening.get(buyerId) ?? zeroFen,
      billed: sumMoney((billed.get(buyerId) ?? []).map((bill) => bill.grossFen)),
      received: sumMoney((received.get(buyerId) ?? []).map((receipt) => receipt.amountFen)),
    },
  }))
  buyers.sort(byText((row) => `${row.buyerName} ${row.buyerId}`))
  const total = {
    opening: sumMoney(buyers.map((row) => row.amounts.opening)),
    billed: sumMoney(buyers.map((row) => row.amounts.billed)),
    received: sumMoney(buyers.map((row) => row.amounts.received)),
  }
  return {
    buyers: buyers.map(({ buyerId, buyerName, amounts }) => ({
      buyerId,
      buyerName,
      ...rollForward(amounts),
    })),
    total: rollForward(total),
    receipts: inputs.receipts.map((receipt) => receiptRow(inputs, receipt)),
    received: {
      amountYuan: formatYuan(sumMoney(inputs.receipts.map((receipt) => receipt.amountFen))),
      taxYuan: formatYuan(sumMoney(inputs.receipts.map((receipt) => receipt.taxFen))),
      netYuan: formatYuan(sumMoney(inputs.receipts.map((receipt) => receipt.netFen))),
    },
  }
}

function rollForward(
  amounts: Readonly<{ opening: Money; billed: Money; received: Money }>,
): RollForwardAmounts {
  const closing = subtractMoney(addMoney(amounts.opening, amounts.billed), amounts.received)
  invariant(closing >= 0n, 'nobody has settled more than was billed; the rest is credit')
  return {
    openingYuan: formatYuan(amounts.opening),
    billedYuan: formatYuan(amounts.billed),
    receivedYuan: formatYuan(amounts.received),
    // There is no verb that writes off yet.
    writtenOffYuan: formatYuan(zeroFen),
    closingYuan: formatYuan(closing),
  }
}

function receiptRow(inputs: SortedInputs, receipt: StatementReceipt): ReceiptRow {
  return {
    allocationId: receipt.allocationId,
    paymentId: receipt.paymentId,
    bankReference: receipt.bankReference,
    paidOn: receipt.paidOn,
    matchedOn: dayOf(receipt.allocatedAt),
    buyerId: receipt.buyerId,
    buyerName: inputs.buyerNameOf(receipt.buyerId),
    billNumber: inputs.billOf(receipt.billId).number,
    amountYuan: formatYuan(receipt.amountFen),
    taxYuan: formatYuan(receipt.taxFen),
    netYuan: formatYuan(receipt.netFen),
  }
}
