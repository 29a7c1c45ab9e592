import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, ask, type AnswerOf } from '#web/console/src/api/client.ts'
import {
  currentDay,
  currentMonth,
  dayAfter,
  lastDayOf,
  monthAfter,
} from '#web/console/src/parts/format.ts'

export type Usage = AnswerOf<Awaited<ReturnType<typeof api.v1.usage.$get>>>
export type UsageItem = Usage['items'][number]
export type Grouping = 'hour' | 'day' | 'product' | 'key' | 'subscription' | 'buyer' | 'result'

export const spans = ['today', 'last7', 'last30', 'thisMonth', 'lastMonth'] as const
export type SpanName = (typeof spans)[number]
export type Days = Readonly<{ from: string; to: string }>

/** Days of a named span, or the days the address names. */
export function daysOf(state: Readonly<Record<string, string | undefined>>): Days {
  const today = currentDay()
  const { from, to } = state
  if (from && to) return { from, to }
  const month = currentMonth()
  switch (state['span']) {
    case 'today':
      return { from: today, to: today }
    case 'last30':
      return { from: dayAfter(today, -29), to: today }
    case 'thisMonth':
      return { from: `${month}-01`, to: today }
    case 'lastMonth':
      return { from: `${monthAfter(month, -1)}-01`, to: lastDayOf(monthAfter(month, -1)) }
    default:
      return { from: dayAfter(today, -6), to: today }
  }
}

export type UsageScope = Days &
  Readonly<{
    mode: 'live' | 'sandbox'
    buyerId?: string | undefined
    productId?: string | undefined
    keyId?: string | undefined
  }>

export function usageQuery(scope: UsageScope, by: Grouping) {
  const { from, to, mode, buyerId, productId, keyId } = scope
  return queryOptions({
    queryKey: ['usage', by, scope],
    placeholderData: keepPreviousData,
    queryFn: () =>
      ask(
        api.v1.usage.$get({
          query: {
            from,
            to,
            mode,
            by,
            ...(buyerId ? { buyer_id: buyerId } : {}),
            ...(productId ? { product_id: productId } : {}),
            ...(keyId ? { key_id: keyId } : {}),
          },
        }),
      ),
  })
}

/** Calls that were not charged, from the counts by reason. */
export function freeOf(item: Pick<Usage['total'], 'free_calls'>): string {
  return String(Object.values(item.free_calls).reduce((sum, calls) => sum + BigInt(calls), 0n))
}

/** `part` of `whole` in per cent with one place; whole numbers only, so nothing drifts. */
export function shareOf(part: string, whole: string): string {
  if (BigInt(whole) === 0n) return '0%'
  const tenths = (BigInt(part) * 1000n + BigInt(whole) / 2n) / BigInt(whole)
  return `${tenths / 10n}.${tenths % 10n}%`
}

/** 1024-based, one place: how much came back, not what is owed. */
export function sizeText(bytes: string): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let size = Number(bytes)
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}
