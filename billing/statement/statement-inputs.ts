import type { StoredSplitRule } from '#billing/split/split-rule.ts'
import type { Decimal } from '#kernel/decimal.ts'
import type { Money } from '#kernel/money.ts'
import type { Month } from '#kernel/period.ts'
import type { StatementContent, StatementContentHead } from './statement-content.ts'

/** A bill among the inputs: its frozen part and its number. */
export type StatementBill = Readonly<{
  billId: string
  number: string
  month: Month
  buyerId: string
  grossFen: Money
  netFen: Money
  taxFen: Money
  contentDigest: string
  /** Whether this statement carries it in part B; else it is here only for what was paid on it. */
  isMember: boolean
}>

export type StatementLine = Readonly<{
  lineId: string
  billId: string
  position: number
  kind: string
  productId: string
  purposeClass: 'public_interest' | 'industry'
  usageMonth: Month
  priceNumber: string | null
  unit: string
  quantity: Decimal
  calls: bigint
  billedCalls: bigint
  freeCalls: Readonly<Record<string, string>>
  capAmountYuan: Decimal
  amountFen: Money
  taxRate: Decimal
  netFen: Money
  taxFen: Money
  correctsLineId: string | null
}>

export type StatementReceipt = Readonly<{
  allocationId: string
  paymentId: string
  bankReference: string
  paidOn: string
  allocatedAt: Date
  billId: string
  buyerId: string
  amountFen: Money
  netFen: Money
  taxFen: Money
  settledBeforeFen: Money
  /** Net of what had settled this bill before. */
  netBeforeFen: Money
}>

/** Everything that could be called otherwise later: copied when the version is made (R73). */
export type CopiedFacts = Readonly<{
  operator: StatementContentHead['operator']
  dataBureau: StatementContentHead['dataBureau']
  financeBureau: StatementContentHead['financeBureau']
  agreement: StatementContentHead['agreement']
  rule: StatementContentHead['rule'] & Readonly<{ form: StoredSplitRule; formDigest: string }>
  priceLists: StatementContentHead['priceLists']
  products: readonly Readonly<{ id: string; code: string; name: string }>[]
  buyers: readonly Readonly<{ id: string; name: string }>[]
  /** Weights of the resources of each product, Σ = 1 (R77). */
  lineage: readonly LineageFact[]
  disputedLineIds: readonly string[]
  permitted: PermittedFact | null
}>
export type LineageFact = Readonly<{
  productId: string
  resourceId: string
  resourceCode: string
  resourceName: string
  providerId: string
  providerName: string
  weight: string
}>
export type PermittedFact = Readonly<{
  documentNumber: string
  cycleFrom: string
  cycleTo: string
  taxInclusive: boolean
  permittedYuan: string
}>

/** What a statement is composed from, in any order: composing sorts. */
export type StatementInputs = Readonly<{
  version: Readonly<{
    number: string
    version: number
    month: Month
    cutOffAt: Date
    generatedAt: Date
  }>
  facts: CopiedFacts
  bills: readonly StatementBill[]
  lines: readonly StatementLine[]
  receipts: readonly StatementReceipt[]
  seals: readonly Readonly<{ id: string; digest: string }>[]
  /** The locked statements of the months before. */
  earlier: readonly StatementContent[]
}>
