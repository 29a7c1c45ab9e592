import { z } from 'zod'
import { decimalText } from '#kernel/stored-values.ts'
import { type Decimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import { invariant, refuseValue } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  type ChargingForm,
  formatChargingForm,
  parseChargingForm,
  storedChargingForm,
} from './charging-form.ts'

/** 试行 while there is no complete operating year, then 上限 (R49). */
export type PriceListKind = 'trial' | 'cap'
export type PriceListStatus = 'draft' | 'submitted' | 'approved' | 'returned'

/** When a delivery is charged: any delivered answer, only one that found something, or each query (R43). */
export const billableRules = ['on_success', 'on_found', 'per_query'] as const
export type BillableRule = (typeof billableRules)[number]

/** One item of a list: `form` is the ceiling, tier by tier, tax included. */
export type PriceItemDraft = Readonly<{
  productId: Id<'product'>
  code: string
  name: string
  nameEn: string
  content: string
  form: ChargingForm
  billableRule: BillableRule
  repeatWindowHours: number
  reductionPolicy: string
  setBy: string
  capFactors: Readonly<Record<string, string>> | null
  forecastQuantity: Decimal | null
  reportedOn: string | null
  reportNumber: string | null
}>

const storedItem = z.strictObject({
  productId: z.string(),
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{1,63}$/),
  name: z.string().min(1).max(200),
  nameEn: z.string().min(1).max(200),
  content: z.string().min(1).max(2000),
  form: storedChargingForm,
  billableRule: z.enum(billableRules),
  repeatWindowHours: z.int().min(1).max(744),
  reductionPolicy: z.string().max(2000),
  setBy: z.string().min(1).max(200),
  capFactors: z.record(z.string(), z.string()).nullable(),
  forecastQuantity: decimalText(6).nullable(),
  reportedOn: z.string().nullable(),
  reportNumber: z.string().nullable(),
})
/** A list's items as JSON keeps them; also what the API takes. */
export const storedPriceListContent = z.array(storedItem).min(1).max(500)
export type StoredPriceListContent = z.infer<typeof storedPriceListContent>

export function formatPriceListContent(items: readonly PriceItemDraft[]): StoredPriceListContent {
  return items.map((item) => ({
    ...item,
    form: formatChargingForm(item.form),
    forecastQuantity: item.forecastQuantity === null ? null : formatDecimal(item.forecastQuantity),
    capFactors: item.capFactors === null ? null : { ...item.capFactors },
  }))
}

/** Reads what formatPriceListContent wrote; anything else there is our own bug. */
export function parsePriceListContent(json: unknown): PriceItemDraft[] {
  const read = storedPriceListContent.safeParse(json)
  invariant(read.success, 'a stored price list holds items')
  return read.data.map((item) => ({
    ...item,
    productId: item.productId as Id<'product'>,
    form: parseChargingForm(item.form),
    forecastQuantity: item.forecastQuantity === null ? null : parseDecimal(item.forecastQuantity),
  }))
}

/** Refuses what no list may say, naming the item: texts, repeated codes, malformed values. */
export function checkPriceListContent(items: readonly PriceItemDraft[]): void {
  const read = storedPriceListContent.safeParse(formatPriceListContent(items))
  if (!read.success) {
    const issue = read.error.issues[0]
    refuseValue(['items', ...(issue?.path ?? [])].join('.'), issue?.code ?? 'invalid')
  }
  const seen = new Set<string>()
  items.forEach((item, index) => {
    const key = `${item.productId} ${item.code}`
    if (seen.has(key)) refuseValue(`items.${index}.code`, 'twice_in_one_list')
    seen.add(key)
  })
}
