import type { Decimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { PurposeClass } from '#governance/scenario/contract.ts'
import type { ProductContent, ProductContentInput } from './content.ts'
import type { ChecklistItem } from './outbound-checklist.ts'
import type { ProductVersionMove, ProductVersionStatus } from './lifecycle.ts'

export type ProductKind = 'api' | 'dataset' | 'report' | 'model'

export type DraftProduct = Readonly<{
  /** Stands in addresses: `housing-fund-credit`. */
  code: string
  name: string
  nameEn: string
  kind: ProductKind
  fieldCode: string
  summary: string
  summaryEn: string
  isSample?: boolean
}>
export type DraftProductResult = Readonly<{
  kind: 'drafted' | 'already_drafted'
  productId: Id<'product'>
}>

/** How much each resource gives to the product; the weights sum to 1 (R77). */
export type Lineage = readonly Readonly<{ resourceId: Id<'resource'>; weight: Decimal }>[]

export type DraftProductVersion = Readonly<{
  productId: Id<'product'>
  content: ProductContentInput
  containsPersonalInformation: boolean
  lineage: Lineage
  /** Scenarios it may be used in. */
  scenarioIds: readonly Id<'scenario'>[]
  registrationNumber?: string | null
  /** The data bureau's waiver for listing before registration (R23). */
  registrationWaiverDocumentId?: Id<'policy'> | null
}>
export type DraftProductVersionResult = Readonly<{
  kind: 'drafted' | 'already_drafted'
  productVersionId: Id<'pver'>
  number: number
  contentDigest: string
}>

export type SubmitForOutboundReview = Readonly<{ productVersionId: Id<'pver'> }>
export type SubmitForOutboundReviewResult = Readonly<{
  kind: 'submitted' | 'already_submitted'
  reviewId: Id<'review'>
}>
export type ReviewOutbound = Readonly<{
  productVersionId: Id<'pver'>
  verdict: 'passed' | 'failed'
  /** Every item is answered; a pass needs all of them (R31). */
  checklist: readonly Readonly<{ item: ChecklistItem; isMet: boolean; note: string }>[]
  /** Digest of the evidence files; needed for a pass. */
  evidenceDigest?: string | null
  reason: string
}>
export type ReviewOutboundResult = Readonly<{ kind: 'passed' | 'failed' }>
export type SubmitFiling = Readonly<{ productVersionId: Id<'pver'> }>
export type SubmitFilingResult = Readonly<{
  kind: 'submitted' | 'already_submitted'
  filingId: Id<'filing'>
}>
export type DecideFiling = Readonly<{
  productVersionId: Id<'pver'>
  verdict: 'confirmed' | 'returned'
  /** A confirmed filing may bring its own number; else one is taken from the series. */
  number?: string
  /** Required for a return. */
  reason?: string
}>
export type DecideFilingResult =
  Readonly<{ kind: 'confirmed'; number: string }> | Readonly<{ kind: 'returned' }>

export type ListProductVersion = Readonly<{
  productVersionId: Id<'pver'>
  /**
   * Read by the caller above in the same transaction: whether any use of the product can be charged,
   * and whether a posted price is in force now.
   */
  pricing: Readonly<{ chargeable: boolean; posted: boolean }>
}>
export type ListProductVersionResult = Readonly<{
  kind: 'listed' | 'already_listed'
  /** The version it took the place of. */
  replacedVersionId: Id<'pver'> | null
}>
export type ChangeListing = Readonly<{ productVersionId: Id<'pver'>; reason: string }>
export type ChangeListingResult = Readonly<{
  kind: 'suspended' | 'resumed' | 'delisted' | 'cancelled' | 'unchanged'
}>

export type ProductSummary = Readonly<{
  id: Id<'product'>
  code: string
  name: string
  nameEn: string
  kind: ProductKind
  fieldCode: string
  fieldName: string
  fieldNameEn: string
  summary: string
  summaryEn: string
  operatorId: Id<'org'>
  operatorName: string
  versionId: Id<'pver'>
  versionNumber: number
  status: 'listed' | 'suspended'
  listedAt: Date
  filingNumber: string
  containsPersonalInformation: boolean
  isSample: boolean
  purposeClasses: readonly PurposeClass[]
}>

export type ProductPage = ProductSummary &
  Readonly<{
    content: ProductContent
    contentDigest: string
    registrationState: 'registered' | 'to_be_registered'
    registrationNumber: string | null
    /** Why it is off the market for a time, and since when; null while it is listed. */
    suspension: Readonly<{ since: Date; reason: string }> | null
    review: Readonly<{ reviewedAt: Date; evidenceDigest: string }>
    filing: Readonly<{ number: string; decidedAt: Date }>
    scenarios: readonly Readonly<{
      id: Id<'scenario'>
      code: string
      name: string
      nameEn: string
      purposeClass: PurposeClass
      description: string
    }>[]
    resources: readonly Readonly<{
      id: Id<'resource'>
      code: string
      name: string
      providerId: Id<'org'>
      providerName: string
      weight: Decimal
    }>[]
    versions: readonly Readonly<{
      id: Id<'pver'>
      number: number
      status: ProductVersionStatus
      statusChangedAt: Date
    }>[]
  }>

/** One product version in the consoles, with what happened to it. */
export type ProductVersionView = Readonly<{
  id: Id<'pver'>
  productId: Id<'product'>
  productCode: string
  productName: string
  productKind: ProductKind
  operatorId: Id<'org'>
  number: number
  status: ProductVersionStatus
  statusChangedAt: Date
  contentDigest: string
  containsPersonalInformation: boolean
  registrationState: 'registered' | 'to_be_registered'
  registrationNumber: string | null
  recordedBy: string
  recordedAt: Date
  /** The last filing's number, or why it was returned; the last review's verdict. */
  filingNumber: string | null
  filingReason: string | null
  reviewVerdict: 'passed' | 'failed' | null
  reviewReason: string | null
}>

export type ProductVersionDetail = ProductVersionView &
  Readonly<{
    content: ProductContent
    resources: ProductPage['resources']
    scenarios: readonly Readonly<{
      id: Id<'scenario'>
      code: string
      name: string
      status: 'draft' | 'submitted' | 'approved' | 'rejected'
      purposeClass: PurposeClass
    }>[]
    moves: readonly Readonly<{
      move: string
      fromStatus: string
      toStatus: string
      reason: string
      organizationName: string | null
      movedAt: Date
    }>[]
    /** What the asker's roles allow from here. */
    nextMoves: readonly ProductVersionMove[]
  }>
