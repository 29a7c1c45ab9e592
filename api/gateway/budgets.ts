import { accountBudget, costOfCall, highestCostOfCall, keyBudget } from '#billing/index.ts'
import type { ErrorDetail } from '#kernel/errors.ts'
import type { ProblemCode } from '#kernel/problems.ts'
import { type Budget, keepCountsMs, type UsageEvent } from '#metering/index.ts'
import type { KeyAccess, SubscriptionAccess } from './access.ts'
import type { Call } from './call.ts'
import { secondsUntilRenewal, windowsOf } from './quota-headers.ts'

/**
 * What a call draws on: the spend cap of its key and the account of its buyer, each reserving the most the
 * call can cost. A call that costs nothing whatever comes of it draws on nothing, so it is never refused.
 */
export function budgetsOf(call: Call): Budget[] {
  const { access, price, product } = call
  const { subscription, spend } = access
  const delivery = product?.content?.delivery
  if (!price || !subscription || !delivery || price.highestMicroYuan === 0n) return []
  const { responseBytesMax, recordsMax } = delivery
  const reserveUnits = highestCostOfCall(price, {
    responseBytesMax: BigInt(responseBytesMax),
    recordsMax: recordsMax === undefined ? undefined : BigInt(recordsMax),
  })
  return [
    {
      name: keyBudget({ spendKeyId: spend.spendKeyId, month: windowsOf(call.atMs).month }),
      limitUnits: spend.allowanceMicroYuan,
      reserveUnits,
      keepMs: keepCountsMs,
    },
    {
      name: accountBudgetOf(access, subscription),
      limitUnits: subscription.account.allowanceMicroYuan,
      reserveUnits,
      keepMs: null,
    },
  ]
}

/** What the event of a call has used up of its budgets. */
export function costOfEvent(call: Call, event: UsageEvent): bigint {
  if (!event.billable || !call.price) return 0n
  const { records, bytes } = event
  return costOfCall(call.price, { records: BigInt(records), bytes: BigInt(bytes) })
}

/** Which refusal it is when a budget has not enough left for a call. */
export function budgetRefusal(
  call: Call,
  budget: string,
): Readonly<{ code: ProblemCode; detail?: ErrorDetail }> {
  const { subscription } = call.access
  if (!subscription || budget !== accountBudgetOf(call.access, subscription))
    return {
      code: 'KEY_SPEND_CAP_REACHED',
      detail: { retryAfterSeconds: secondsUntilRenewal('month', call.atMs) },
    }
  const isPrepaid = subscription.account.paymentMode === 'prepaid'
  return { code: isPrepaid ? 'INSUFFICIENT_BALANCE' : 'CREDIT_LIMIT_EXCEEDED' }
}

function accountBudgetOf(
  { buyerId }: Pick<KeyAccess, 'buyerId'>,
  { account }: Pick<SubscriptionAccess, 'account'>,
): string {
  return accountBudget({ buyerId, operatorId: account.operatorId })
}
