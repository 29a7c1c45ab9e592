import type { Month } from '#kernel/period.ts'

/** What a buyer spends with one operator, for ever: its limit side moves with balance, bills and payments. */
export function accountBudget(of: Readonly<{ buyerId: string; operatorId: string }>): string {
  return `account:${of.operatorId}:${of.buyerId}`
}

/** What a key and its successors spend in a business month. */
export function keyBudget(of: Readonly<{ spendKeyId: string; month: Month }>): string {
  return `key:${of.spendKeyId}:${of.month}`
}
