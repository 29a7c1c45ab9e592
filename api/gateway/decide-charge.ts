import type { PurposeClass } from '#billing/index.ts'
import { assertNever } from '#kernel/errors.ts'
import type { ResultClass, UsageMode } from '#metering/index.ts'
import type { PriceVersion } from './access.ts'

export type ChargeQuestion = Readonly<{
  mode: UsageMode
  purposeClass: PurposeClass | null
  price: Pick<PriceVersion, 'billableRule' | 'form'> | null
  resultClass: ResultClass
  httpStatus: number
  /** Headers were asked for and no data. */
  headOnly?: boolean
  /** Why it was refused or failed; the reason of anything that is never billable. */
  why: string
}>
export type ChargeVerdict = Readonly<{ billable: boolean; reason: string }>

/**
 * Whether an attempt is billable, and why or why not, by the rule of its price item (R43, R44). Failed,
 * timed out, refused and repeated calls, sandbox calls and the public interest never are.
 */
export function decideCharge(question: ChargeQuestion): ChargeVerdict {
  const { mode, purposeClass, price, resultClass, httpStatus, why } = question
  if (resultClass === 'refused' || resultClass === 'failed') return free(why)
  if (mode === 'sandbox') return free('sandbox')
  if (purposeClass === 'public_interest') return free('public_interest')
  if (resultClass === 'repeated') return free('repeated')
  if (question.headOnly === true) return free('head_only')
  if (price === null) return free('no_price')
  if (price.form === 'metered_not_charged') return free('metered_not_charged')
  if (price.form === 'period') return free('period_fee')
  const { billableRule } = price
  switch (billableRule) {
    case 'per_query':
      return { billable: true, reason: resultClass }
    case 'on_success':
      return httpStatus < 300 ? { billable: true, reason: resultClass } : free('nothing_found')
    case 'on_found':
      return resultClass === 'found' ? { billable: true, reason: 'found' } : free('nothing_found')
    default:
      return assertNever(billableRule)
  }
}

function free(reason: string): ChargeVerdict {
  return { billable: false, reason }
}
