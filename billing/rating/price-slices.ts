import { makePeriod, type Period } from '#kernel/period.ts'
import { earlier, laterOf } from '#billing/pricing/place-in-time.ts'
import type { PriceInForce } from '#billing/pricing/prices-in-force.ts'

/** A part of a period in which one price holds, or none. */
export type PriceSlice = Readonly<{ period: Period; price: PriceInForce | null }>

/**
 * Cuts a period where its prices begin and end. The slices cover the whole period without overlap, also
 * where no price holds, so that no use of it can be missed. `prices` stand in order of time.
 */
export function cutByPrices(period: Period, prices: readonly PriceInForce[]): PriceSlice[] {
  const slices: PriceSlice[] = []
  let reached = period.from
  for (const price of prices) {
    const from = laterOf(price.effective.from, reached)
    const to = earlier(price.effective.to, period.to) ?? period.to
    if (to <= from) continue
    if (from > reached)
      slices.push({ period: makePeriod({ from: reached, to: from }), price: null })
    slices.push({ period: makePeriod({ from, to }), price })
    reached = to
  }
  if (reached < period.to)
    slices.push({ period: makePeriod({ from: reached, to: period.to }), price: null })
  return slices
}
