import type { ChargingForm, PriceBoardEntry, PriceBoardTier } from '#billing/index.ts'
import type { Decimal } from '#kernel/decimal.ts'
import { formatYuan } from '#kernel/money.ts'
import { prices } from '#web/shared/words/prices.ts'
import { terms } from '#web/shared/words/terms.ts'
import type { Language } from '#web/shared/words/words.ts'

/** `1234567.5` as `1,234,567.5`. */
export function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const withCommas = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

/** A unit price with all its decimals, never fewer than two. */
export function unitPriceText(yuan: Decimal): string {
  return grouped(yuan.toFixed(Math.max(2, yuan.decimalPlaces())))
}

export function quantityText(quantity: Decimal): string {
  return grouped(quantity.toFixed())
}

/** What a tier spans, in the words of price lists: 超过 100,000 至 5,000,000. */
export function spanText(
  tier: Pick<PriceBoardTier, 'fromQuantity' | 'toQuantity'>,
  language: Language,
): string {
  const w = prices[language]
  const { fromQuantity, toQuantity } = tier
  if (toQuantity === null)
    return fromQuantity.isZero() ? w.anyQuantity : w.above(quantityText(fromQuantity))
  const to = quantityText(toQuantity)
  return fromQuantity.isZero() ? w.upTo(to) : w.between(quantityText(fromQuantity), to)
}

/** How much below the ceiling, as a share of it: 20%. Null where there is nothing to compare. */
export function headroomPercent(tier: PriceBoardTier): string | null {
  if (tier.headroomYuan === null || tier.capYuan.isZero()) return null
  return `${tier.headroomYuan.div(tier.capYuan).times(100).toDecimalPlaces(1).toFixed()}%`
}

/** The unit a price is per, as it stands after the slash. */
export function unitText(entry: Pick<PriceBoardEntry, 'unit'>, language: Language): string {
  return terms[language].unit[entry.unit]
}

export function isFree(form: ChargingForm): boolean {
  return form.kind === 'metered_not_charged'
}

/** What a package holds; other forms have nothing to add to their price. */
export function formNote(form: ChargingForm, language: Language): string | null {
  if (form.kind !== 'package') return null
  return prices[language].packageOf(grouped(form.calls.toString()), String(form.validDays))
}

export type PriceFrom = Readonly<{
  yuan: Decimal
  capYuan: Decimal
  unit: PriceBoardEntry['unit']
  isLowestOfSeveral: boolean
}>

/**
 * The lowest posted price of a product, with its ceiling: by use where there is one, else by period or package.
 * Null while nothing that costs something is posted.
 */
export function priceFrom(entries: readonly PriceBoardEntry[]): PriceFrom | null {
  const charged = entries.filter((entry) => entry.posted !== null && !isFree(entry.cap))
  const byUse = charged.filter(({ cap }) => cap.kind !== 'period' && cap.kind !== 'package')
  const chosen = byUse.length > 0 ? byUse : charged
  const rows = chosen.flatMap((entry) =>
    entry.tiers.flatMap(({ postedYuan, capYuan }) =>
      postedYuan === null ? [] : [{ yuan: postedYuan, capYuan, unit: entry.unit }],
    ),
  )
  const [first, ...rest] = rows
  if (first === undefined) return null
  const lowest = rest.reduce((low, row) => (row.yuan.lt(low.yuan) ? row : low), first)
  return { ...lowest, isLowestOfSeveral: rows.length + charged.length - chosen.length > 1 }
}

export function totalText(fen: Parameters<typeof formatYuan>[0]): string {
  return grouped(formatYuan(fen))
}
