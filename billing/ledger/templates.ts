import { addMoney, type Money, negateMoney } from '#kernel/money.ts'
import { account } from './accounts.ts'
import { balance, type BalancedPostings } from './posting.ts'

export const templateNames = [
  'billIssued',
  'paymentReceived',
  'creditApplied',
  'topUpReceived',
  'prepaidDrawn',
  'balanceRefunded',
  'revenueSplit',
  'treasuryPaid',
] as const
export type TemplateName = (typeof templateNames)[number]

/** A business event as the ledger books it; `reference` names the one thing it is about. */
export type LedgerEntry = Readonly<{
  template: TemplateName
  reference: string
  occurredAt: Date
  memo: string
  postings: BalancedPostings
}>

/** 应收账款 / 主营业务收入, 应交增值税 (policy.md 6.6). */
export function billIssued(
  input: Readonly<{
    billId: string
    buyerId: string
    operatorId: string
    netFen: Money
    taxFen: Money
    occurredAt: Date
    memo: string
  }>,
): LedgerEntry {
  return {
    template: 'billIssued',
    reference: input.billId,
    occurredAt: input.occurredAt,
    memo: input.memo,
    postings: balance([
      {
        account: account.buyerReceivable(input.buyerId),
        amountFen: addMoney(input.netFen, input.taxFen),
      },
      { account: account.operatorRevenue(input.operatorId), amountFen: negateMoney(input.netFen) },
      { account: account.vat(), amountFen: negateMoney(input.taxFen) },
    ]),
  }
}

/** 银行存款 / 应收账款; what settles no bill is the buyer's credit (合同负债). */
export function paymentReceived(
  input: Readonly<{
    paymentId: string
    buyerId: string
    operatorId: string
    allocatedFen: Money
    creditFen: Money
    occurredAt: Date
    memo: string
  }>,
): LedgerEntry {
  return {
    template: 'paymentReceived',
    reference: input.paymentId,
    occurredAt: input.occurredAt,
    memo: input.memo,
    postings: balance([
      {
        account: account.operatorBank(input.operatorId),
        amountFen: addMoney(input.allocatedFen, input.creditFen),
      },
      {
        account: account.buyerReceivable(input.buyerId),
        amountFen: negateMoney(input.allocatedFen),
      },
      { account: account.buyerCredit(input.buyerId), amountFen: negateMoney(input.creditFen) },
    ]),
  }
}

/** An amount that goes from one account to another, and the one thing it is about. */
type Transfer = Readonly<{
  template: TemplateName
  reference: string
  debit: string
  credit: string
}>
type Amount = Readonly<{ amountFen: Money; occurredAt: Date; memo: string }>

function transfer(
  { template, reference, debit, credit }: Transfer,
  { amountFen, occurredAt, memo }: Amount,
): LedgerEntry {
  const postings = balance([
    { account: debit, amountFen },
    { account: credit, amountFen: negateMoney(amountFen) },
  ])
  return { template, reference, occurredAt, memo, postings }
}

/** 合同负债 / 应收账款: credit of an earlier payment settles a bill. */
export function creditApplied(
  input: Amount & Readonly<{ allocationId: string; buyerId: string }>,
): LedgerEntry {
  const { allocationId, buyerId } = input
  return transfer(
    {
      template: 'creditApplied',
      reference: allocationId,
      debit: account.buyerCredit(buyerId),
      credit: account.buyerReceivable(buyerId),
    },
    input,
  )
}

/** 银行存款 / 合同负债: money paid ahead is a liability, whatever it will be used for. */
export function topUpReceived(
  input: Amount & Readonly<{ paymentId: string; buyerId: string; operatorId: string }>,
): LedgerEntry {
  return transfer(
    {
      template: 'topUpReceived',
      reference: input.paymentId,
      debit: account.operatorBank(input.operatorId),
      credit: account.buyerPrepaid(input.buyerId),
    },
    input,
  )
}

/** 合同负债 / 应收账款: a confirmed bill draws on the balance, and is received by as much. */
export function prepaidDrawn(
  input: Amount & Readonly<{ allocationId: string; buyerId: string }>,
): LedgerEntry {
  const { allocationId, buyerId } = input
  return transfer(
    {
      template: 'prepaidDrawn',
      reference: allocationId,
      debit: account.buyerPrepaid(buyerId),
      credit: account.buyerReceivable(buyerId),
    },
    input,
  )
}

/** 合同负债 / 银行存款: unused balance goes back. Nothing was ever received of it, so no share moves. */
export function balanceRefunded(
  input: Amount & Readonly<{ refundId: string; buyerId: string; operatorId: string }>,
): LedgerEntry {
  return transfer(
    {
      template: 'balanceRefunded',
      reference: input.refundId,
      debit: account.buyerPrepaid(input.buyerId),
      credit: account.operatorBank(input.operatorId),
    },
    input,
  )
}

/** 公共数据资源使用成本 / 应上缴财政款: the government share of a locked statement version. */
export function revenueSplit(
  input: Omit<Amount, 'amountFen'> &
    Readonly<{ statementVersionId: string; operatorId: string; governmentShareFen: Money }>,
): LedgerEntry {
  return transfer(
    {
      template: 'revenueSplit',
      reference: input.statementVersionId,
      debit: account.operatorDataCost(input.operatorId),
      credit: account.treasuryPayable(),
    },
    { ...input, amountFen: input.governmentShareFen },
  )
}

/** 应上缴财政款 / 银行存款: paid gross, with the receipt of the treasury (R75). */
export function treasuryPaid(
  input: Amount & Readonly<{ treasuryPaymentId: string; operatorId: string }>,
): LedgerEntry {
  return transfer(
    {
      template: 'treasuryPaid',
      reference: input.treasuryPaymentId,
      debit: account.treasuryPayable(),
      credit: account.operatorBank(input.operatorId),
    },
    input,
  )
}
