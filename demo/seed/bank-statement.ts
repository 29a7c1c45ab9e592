import type { BillHead } from '#billing/index.ts'
import { formatYuan, type Money, moneyFromFen } from '#kernel/money.ts'

/** The operator's own account in the demo city. */
export const bankAccount = '4212990000000001'

const bankColumns = 'bank_reference,paid_on,amount_yuan,payer_name,payer_account,remark'

/** What a payer writes who forgot the bill's number. */
export const remarkless = '数据服务费'

export type Paying = Readonly<{ bill: BillHead; amountFen: Money; remark: string }>

/**
 * Who pays what: everybody in full, but one pays half, one a little too much, and one forgets the
 * bill's number. Of the last month's bills one is not paid at all and will be overdue.
 */
export function whoPays(
  due: readonly BillHead[],
  options: Readonly<{ isLastMonth: boolean }>,
): Paying[] {
  return due.flatMap((bill, index): Paying[] => {
    const remark = `付账单 ${bill.number ?? ''}`
    const owed = bill.outstandingFen
    if (options.isLastMonth && index === due.length - 1) return []
    if (options.isLastMonth && index === 0)
      return [{ bill, amountFen: moneyFromFen((owed + 1n) / 2n), remark }]
    if (index === 1) return [{ bill, amountFen: owed, remark: remarkless }]
    if (index === 2) return [{ bill, amountFen: moneyFromFen(owed + 10_000n), remark }]
    return [{ bill, amountFen: owed, remark }]
  })
}

type BankRow = Readonly<{ amountYuan: string; payerName: string; remark: string }>

/** What was paid ahead, as the same bank's file tells it. */
export function topUpStatementOf(
  paying: readonly Readonly<{ payerName: string; topUpYuan: string }>[],
  paidOn: string,
): Uint8Array {
  const rows = paying.map(({ payerName, topUpYuan }) => ({
    amountYuan: topUpYuan,
    payerName,
    remark: '预付充值',
  }))
  // A series of its own: a bank's reference comes once.
  return fileOf(rows, { paidOn, series: '9' })
}

/** The bank's file, as importBankStatement reads it. */
export function bankStatementOf(paying: readonly Paying[], paidOn: string): Uint8Array {
  const rows = paying.map(({ bill, amountFen, remark }) => ({
    amountYuan: formatYuan(amountFen),
    payerName: bill.buyerName,
    remark,
  }))
  return fileOf(rows, { paidOn, series: '0' })
}

function fileOf(
  rows: readonly BankRow[],
  { paidOn, series }: Readonly<{ paidOn: string; series: string }>,
): Uint8Array {
  const lines = rows.map(({ amountYuan, payerName, remark }, index) =>
    [
      `${paidOn.replaceAll('-', '')}${series}${String(index + 1).padStart(3, '0')}`,
      paidOn,
      amountYuan,
      payerName,
      `6200${String(index + 1).padStart(12, '0')}`,
      remark,
    ].join(','),
  )
  return Buffer.from([bankColumns, ...lines, ''].join('\n'))
}
