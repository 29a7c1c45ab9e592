import { addDays, dayOf, type Month, monthOf, monthPeriod, startOfDay } from '#kernel/period.ts'
import type { UsageLimits } from '#metering/index.ts'
import type { Call } from './call.ts'

export type QuotaUse = Readonly<{ usedToday: number; usedThisMonth: number }>
type Window = 'day' | 'month'

/** What is used once a call that was counted is given back. */
export function givenBack({ usedToday, usedThisMonth }: QuotaUse): QuotaUse {
  return { usedToday: usedToday - 1, usedThisMonth: usedThisMonth - 1 }
}

/** The limit a refused call ran into. */
export type UsedUp = 'second' | 'concurrency' | Window

/** How a caller learns its limits and what is left of them (draft-ietf-httpapi-ratelimit-headers-11). */
export function quotaHeaders(
  call: Pick<Call, 'access' | 'atMs'>,
  use: QuotaUse,
): Record<string, string> {
  const { limits } = call.access
  const left: string[] = []
  if (limits.callsPerDay !== null)
    left.push(leftOf('day', limits.callsPerDay - use.usedToday, call.atMs))
  if (limits.callsPerMonth !== null)
    left.push(leftOf('month', limits.callsPerMonth - use.usedThisMonth, call.atMs))
  return fields(call, left)
}

/** The same for a refusal: nothing is left of the limit it ran into. */
export function usedUpHeaders(
  call: Pick<Call, 'access' | 'atMs'>,
  limit: UsedUp,
): Record<string, string> {
  if (limit === 'second') return fields(call, ['"second";r=0;t=1'])
  // When a call of one's own returns, nobody can tell beforehand.
  if (limit === 'concurrency') return fields(call, ['"concurrency";r=0'])
  return fields(call, [leftOf(limit, 0, call.atMs)])
}

function fields(call: Pick<Call, 'access' | 'atMs'>, left: readonly string[]) {
  const policy = policyOf(call.access.limits, call.atMs)
  return {
    ...(policy === '' ? {} : { 'ratelimit-policy': policy }),
    ...(left.length === 0 ? {} : { ratelimit: left.join(', ') }),
  }
}

const daySeconds = 86_400

function policyOf(limits: UsageLimits, atMs: number): string {
  const { monthStartMs, monthEndMs } = windowsOf(atMs)
  const monthSeconds = (monthEndMs - monthStartMs) / 1_000
  const { callsPerSecond, callsPerDay, callsPerMonth, concurrentCalls } = limits
  return [
    callsPerSecond === null ? '' : `"second";q=${callsPerSecond};w=1`,
    callsPerDay === null ? '' : `"day";q=${callsPerDay};w=${daySeconds}`,
    callsPerMonth === null ? '' : `"month";q=${callsPerMonth};w=${monthSeconds}`,
    concurrentCalls === null ? '' : `"concurrency";q=${concurrentCalls};qu="concurrent-requests"`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function leftOf(window: Window, left: number, atMs: number): string {
  return `"${window}";r=${Math.max(0, left)};t=${secondsUntilRenewal(window, atMs)}`
}

/** Quotas renew with the business day and the business month. */
export function secondsUntilRenewal(window: Window, atMs: number): number {
  const { dayEndMs, monthEndMs } = windowsOf(atMs)
  return Math.max(1, Math.ceil(((window === 'day' ? dayEndMs : monthEndMs) - atMs) / 1000))
}

export type QuotaWindows = Readonly<{
  day: string
  month: Month
  dayStartMs: number
  dayEndMs: number
  monthStartMs: number
  monthEndMs: number
}>

let latest: QuotaWindows | undefined

/** The business day and month a moment falls in; nearly every call falls in the day of the one before. */
export function windowsOf(atMs: number): QuotaWindows {
  if (latest && atMs >= latest.dayStartMs && atMs < latest.dayEndMs) return latest
  const at = new Date(atMs)
  const day = dayOf(at)
  const month = monthOf(at)
  latest = {
    day,
    month,
    dayStartMs: startOfDay(day).getTime(),
    dayEndMs: startOfDay(addDays(day, 1)).getTime(),
    monthStartMs: monthPeriod(month).from.getTime(),
    monthEndMs: monthPeriod(month).to.getTime(),
  }
  return latest
}
