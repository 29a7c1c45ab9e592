import { invariant } from '#kernel/errors.ts'
import { type Money, sumMoney } from '#kernel/money.ts'

/** Debit positive, credit negative. */
export type Posting = Readonly<{ account: string; amountFen: Money }>

declare const balanced: unique symbol
/** Postings that sum to zero; only balance() makes them. */
export type BalancedPostings = readonly Posting[] & { readonly [balanced]: true }

/** The only way from postings to a transaction: they sum to zero, or it is our bug. Zero postings fall away. */
export function balance(postings: readonly Posting[]): BalancedPostings {
  invariant(sumMoney(postings.map((posting) => posting.amountFen)) === 0n, 'postings sum to zero')
  return postings.filter(
    (posting) => posting.amountFen !== 0n,
  ) as readonly Posting[] as BalancedPostings
}
