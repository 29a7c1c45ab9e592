/** Who pays ahead, who has a credit limit; everybody else pays its bills afterwards, without a limit. */
export type CityAccount = Readonly<{
  buyer: string
  terms?: Readonly<{ mode: 'prepaid' | 'postpaid'; creditLimitYuan?: string }>
  /** Paid ahead on the first day: enough for what the buyer uses, or for a part of its first bills. */
  topUpYuan?: string
}>

export const accounts: readonly CityAccount[] = [
  { buyer: 'parking_app', terms: { mode: 'prepaid' }, topUpYuan: '600.00' },
  { buyer: 'guarantor', terms: { mode: 'postpaid', creditLimitYuan: '8000.00' } },
  { buyer: 'bank_a', topUpYuan: '1000.00' },
]
