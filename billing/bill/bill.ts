import type { Decimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import type { Day, Month } from '#kernel/period.ts'
import type { BillStatus } from './bill-lifecycle.ts'

export type BillLineKind = 'usage' | 'free' | 'late' | 'period' | 'adjustment'

export type BillLineTier = Readonly<{
  position: number
  postedPriceId: Id<'posted'>
  quantity: Decimal
  unitPriceYuan: Decimal
  capUnitPriceYuan: Decimal
  amountYuan: Decimal
}>
export type BillLine = Readonly<{
  lineId: Id<'line'>
  position: number
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
  taxRate: Decimal
  netFen: Money
  taxFen: Money
  serviceFrom: Date
  serviceTo: Date
  ratedAt: Date
  correctsLineId: Id<'line'> | null
  correctsEventId: string | null
  tiers: readonly BillLineTier[]
}>
export type BillHead = Readonly<{
  billId: Id<'bill'>
  number: string | null
  buyerId: Id<'org'>
  buyerName: string
  operatorId: Id<'org'>
  operatorName: string
  month: Month
  version: number
  status: BillStatus
  isOverdue: boolean
  grossFen: Money
  netFen: Money
  taxFen: Money
  settledFen: Money
  outstandingFen: Money
  composedAt: Date
  operatorConfirmedAt: Date | null
  issuedAt: Date | null
  objectionUntil: Date | null
  confirmedAt: Date | null
  confirmedBy: string | null
  dueOn: Day | null
}>
export type BillLineView = BillLine &
  Readonly<{
    productCode: string
    productName: string
    productNameEn: string
    scenarioName: string
    subscriptionNumber: string
    postedPriceNumber: string | null
  }>
export type BillDocument = BillHead &
  Readonly<{
    contentDigest: string
    usageThroughBatch: bigint
    lines: readonly BillLineView[]
    objections: readonly BillObjection[]
    payments: readonly BillPayment[]
  }>
export type BillObjection = Readonly<{
  objectionId: Id<'objection'>
  billLineId: Id<'line'> | null
  reason: string
  objectedAt: Date
  verdict: 'upheld' | 'dismissed' | null
  decision: string | null
  decidedAt: Date | null
}>
export type BillPayment = Readonly<{
  allocationId: Id<'match'>
  paymentId: Id<'payment'>
  amountFen: Money
  paidOn: Day
  bankReference: string
  allocatedAt: Date
}>
export type BillParking = Readonly<{
  parkingId: string
  operatorId: Id<'org'>
  buyerId: Id<'org'>
  buyerName: string
  month: Month
  reason: string
  detail: Readonly<Record<string, string>>
  parkedAt: Date
}>
