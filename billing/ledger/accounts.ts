import { invariant } from '#kernel/errors.ts'

export type AccountKind = 'asset' | 'liability' | 'income' | 'expense'

/** Every address of the ledger is made here, so that a grep finds who touches an account. */
export const account = {
  buyerReceivable: (buyerId: string) => `buyer:${buyerId}:receivable`,
  /** Money a buyer paid beyond its bills: what we owe it. */
  buyerCredit: (buyerId: string) => `buyer:${buyerId}:credit`,
  /** Money a buyer paid ahead and no bill has drawn yet: ours to keep, not ours. */
  buyerPrepaid: (buyerId: string) => `buyer:${buyerId}:prepaid`,
  operatorRevenue: (operatorId: string) => `operator:${operatorId}:revenue`,
  operatorBank: (operatorId: string) => `operator:${operatorId}:bank`,
  operatorDataCost: (operatorId: string) => `operator:${operatorId}:data_cost`,
  treasuryPayable: () => 'treasury:payable',
  vat: () => 'tax:vat',
} as const

const kindsByEnding: Readonly<Record<string, AccountKind>> = {
  receivable: 'asset',
  bank: 'asset',
  credit: 'liability',
  prepaid: 'liability',
  payable: 'liability',
  vat: 'liability',
  revenue: 'income',
  data_cost: 'expense',
}

export function accountKind(address: string): AccountKind {
  const kind = kindsByEnding[address.split(':').at(-1) ?? '']
  invariant(kind !== undefined, `no kind of account ends like ${address}`)
  return kind
}
