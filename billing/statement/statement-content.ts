import type { SplitStep } from '#billing/split/explain-split.ts'
import type { StoredSplitRule } from '#billing/split/split-rule.ts'

/**
 * What is frozen and digested: the head and parts A–G and J of policy.md 6.2. Everything is text,
 * amounts `…Yuan` with two decimals, so that its canonical JSON is the same bytes everywhere.
 */
export type StatementContent = Readonly<{
  form: 'statement/1'
  head: StatementContentHead
  /** A: what was used, per product, with the readings of its meter before and after. */
  volume: readonly VolumeRow[]
  /** B: what was billed. */
  receivables: ReceivablesPart
  /** C: what came in; opening + billed − received − written off = closing. */
  receipts: ReceiptsPart
  /** D: deductions the rule allows; none are recorded yet. */
  deductions: Readonly<{ rows: readonly []; totalYuan: string }>
  /** E: how the base divides. */
  split: SplitPart
  /** F: whose data earned it; information for budgeting, never netted. */
  attribution: AttributionPart
  /** G: the year so far, and the maximum permitted revenue where one was verified. */
  cumulative: CumulativePart
  /** J: detail files with their digests, and the seals of the meter readings. */
  attachments: Readonly<{
    files: readonly Readonly<{ name: string; rows: string; digest: string }>[]
    seals: readonly Readonly<{ id: string; digest: string }>[]
  }>
}>

export type PartyFacts = Readonly<{ id: string; name: string; creditCode: string }>

export type StatementContentHead = Readonly<{
  number: string
  version: string
  month: string
  periodFrom: string
  /** Half-open: the first moment that no longer belongs to it. */
  periodTo: string
  currency: 'CNY'
  operator: PartyFacts
  dataBureau: PartyFacts | null
  financeBureau: PartyFacts | null
  agreement: Readonly<{ id: string; number: string; startsOn: string; endsOn: string }>
  rule: Readonly<{
    id: string
    version: string
    title: string
    documentTitle: string
    documentNumber: string
    isSample: boolean
  }>
  priceLists: readonly Readonly<{
    number: string
    title: string
    kind: string
    isSample: boolean
  }>[]
  cutOffAt: string
  generatedAt: string
}>

export type VolumeRow = Readonly<{
  productId: string
  productCode: string
  productName: string
  purposeClass: 'public_interest' | 'industry'
  unit: string
  openingReading: string
  calls: string
  closingReading: string
  billedCalls: string
  freeCalls: string
  freeByReason: Readonly<Record<string, string>>
  /** Calls on lines that are under objection at the cut-off. */
  disputedCalls: string
  billedQuantity: string
}>

export type ReceivablesPart = Readonly<{
  rows: readonly ReceivableRow[]
  bills: readonly BillRow[]
  adjustments: readonly CorrectionRow[]
  lateItems: readonly CorrectionRow[]
  total: ReceivableTotal
}>
/** One product, price and tax rate. */
export type ReceivableRow = Readonly<{
  productId: string
  productCode: string
  productName: string
  kind: string
  priceNumber: string | null
  unit: string
  billedCalls: string
  quantity: string
  /** At the ceiling: what it could have cost at most. */
  atCapYuan: string
  amountYuan: string
  taxRate: string
  taxYuan: string
  netYuan: string
}>
export type BillRow = Readonly<{
  billId: string
  number: string
  month: string
  buyerId: string
  buyerName: string
  amountYuan: string
  taxYuan: string
  netYuan: string
  contentDigest: string
}>
export type CorrectionRow = Readonly<{
  lineId: string
  billNumber: string
  buyerName: string
  productName: string
  usageMonth: string
  correctsLineId: string | null
  amountYuan: string
}>
export type ReceivableTotal = Readonly<{
  atCapYuan: string
  amountYuan: string
  taxYuan: string
  netYuan: string
}>

export type ReceiptsPart = Readonly<{
  buyers: readonly (RollForwardAmounts & Readonly<{ buyerId: string; buyerName: string }>)[]
  total: RollForwardAmounts
  receipts: readonly ReceiptRow[]
  received: Readonly<{ amountYuan: string; taxYuan: string; netYuan: string }>
}>
export type RollForwardAmounts = Readonly<{
  openingYuan: string
  billedYuan: string
  receivedYuan: string
  writtenOffYuan: string
  closingYuan: string
}>
export type ReceiptRow = Readonly<{
  allocationId: string
  paymentId: string
  bankReference: string
  paidOn: string
  matchedOn: string
  buyerId: string
  buyerName: string
  billNumber: string
  amountYuan: string
  taxYuan: string
  netYuan: string
}>

export type SplitPart = Readonly<{
  rule: StoredSplitRule
  ruleDigest: string
  accrual: string
  yearGrossBeforeYuan: string
  yearGrossAfterYuan: string
  yearTaxBeforeYuan: string
  yearTaxAfterYuan: string
  steps: readonly SplitStep[]
  baseYuan: string
  governmentYuan: string
  operatorYuan: string
  receivers: readonly Readonly<{ code: string; name: string; amountYuan: string }>[]
}>

export type AttributionPart = Readonly<{
  /** What is attributed: receipts or bills of the period, with or without tax as the base has it. */
  basis: 'received_gross' | 'received_net' | 'billed_gross' | 'billed_net'
  totalYuan: string
  products: readonly Readonly<{
    productId: string
    productCode: string
    productName: string
    amountYuan: string
    resources: readonly Readonly<{
      resourceId: string
      resourceCode: string
      resourceName: string
      providerId: string
      providerName: string
      weight: string
      amountYuan: string
    }>[]
  }>[]
  providers: readonly Readonly<{ providerId: string; providerName: string; amountYuan: string }>[]
}>

export type CumulativePart = Readonly<{
  year: string
  billedYuan: string
  billedNetYuan: string
  receivedYuan: string
  receivedNetYuan: string
  governmentYuan: string
  permitted:
    | Readonly<{ kind: 'not_verified' }>
    | Readonly<{
        kind: 'verified'
        documentNumber: string
        cycleFrom: string
        cycleTo: string
        taxInclusive: boolean
        permittedYuan: string
        revenueYuan: string
        remainingYuan: string
        excessYuan: string
      }>
}>
