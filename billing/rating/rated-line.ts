import type { Decimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import type { BillLineKind, BillLineTier } from '#billing/bill/bill.ts'

/** A line as rating gives it: before tax is taken out and before it stands on a bill. */
export type RatedLine = Readonly<{
  kind: BillLineKind
  subscriptionId: Id<'sub'>
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purposeClass: 'public_interest' | 'industry'
  usageMonth: Month
  postedPriceId: Id<'posted'> | null
  priceItemId: Id<'pitem'> | null
  unit: string
  quantity: Decimal
  quantityBefore: Decimal
  calls: bigint
  billedCalls: bigint
  freeCalls: Readonly<Record<string, bigint>>
  unroundedYuan: Decimal
  capAmountYuan: Decimal
  amountFen: Money
  serviceFrom: Date
  serviceTo: Date
  tiers: readonly BillLineTier[]
  /** What a line takes back: the line that charged, and the call where it is a single one. */
  corrects?: Readonly<{ lineId: Id<'line'>; eventId: string | null }>
}>

/** What a subscription gives to each of its lines. */
export type LineOwner = Pick<
  RatedLine,
  'subscriptionId' | 'productId' | 'scenarioId' | 'purposeClass'
>
