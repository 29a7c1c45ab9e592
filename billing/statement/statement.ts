import type { Id } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import type { Day, Month } from '#kernel/period.ts'
import type { StatementContent } from './statement-content.ts'
import type { SigningStep, StatementStatus } from './statement-lifecycle.ts'

/** One version of a statement, as lists show it. */
export type StatementHead = Readonly<{
  statementId: Id<'stmt'>
  versionId: Id<'sver'>
  number: string
  version: number
  month: Month
  operatorId: Id<'org'>
  operatorName: string
  status: StatementStatus
  statusChangedAt: Date
  /** The signature it waits for, null when there is none. */
  nextStep: SigningStep | null
  generatedAt: Date
  contentDigest: string
  ruleId: Id<'rule'>
  baseFen: Money
  governmentShareFen: Money
  operatorShareFen: Money
}>

export type StatementSignature = Readonly<{
  step: SigningStep
  personId: Id<'person'>
  personName: string
  organizationId: Id<'org'>
  organizationName: string
  opinion: string
  signedAt: Date
  contentDigest: string
  keyId: string
  signature: string
}>

export type StatementReturn = Readonly<{
  returnedFrom: StatementStatus
  reason: string
  personId: Id<'person'>
  personName: string
  organizationName: string
  returnedAt: Date
}>

/** Part H. */
export type TreasuryPayment = Readonly<{
  treasuryPaymentId: Id<'treasury'>
  statementId: Id<'stmt'>
  versionId: Id<'sver'>
  amountFen: Money
  itemName: string
  paymentCode: string
  dueOn: Day
  notifiedAt: Date
  paidOn: Day | null
  paidFen: Money | null
  receiptNumber: string | null
  recordedAt: Date | null
}>

/** The whole document: what is digested, and parts H and I that refer to it. */
export type StatementDocument = StatementHead &
  Readonly<{
    content: StatementContent
    /** The canonical JSON the digest is of, byte for byte. */
    contentText: string
    signatures: readonly StatementSignature[]
    returned: StatementReturn | null
    treasuryPayment: TreasuryPayment | null
    /** All versions of this statement, newest first. */
    versions: readonly Readonly<{
      versionId: Id<'sver'>
      version: number
      status: StatementStatus
      generatedAt: Date
      contentDigest: string
      returnReason: string | null
    }>[]
  }>
