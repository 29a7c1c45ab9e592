import type { Id } from '#kernel/ids.ts'
import type { PurposeClass } from '#governance/scenario/contract.ts'
import type { UseTerms } from './terms.ts'

export type ApplyForUse = Readonly<{
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purpose: string
  terms: UseTerms
}>
export type ApplyForUseResult = Readonly<{
  kind: 'applied' | 'already_applied'
  useApplicationId: Id<'application'>
  number: string
}>
export type DecideUseApplication = Readonly<{
  useApplicationId: Id<'application'>
  verdict: 'approve' | 'reject'
  reason: string
}>
export type DecideUseApplicationResult = Readonly<{
  kind: 'approved' | 'rejected' | 'already_decided'
}>

export type UseApplicationView = Readonly<{
  id: Id<'application'>
  number: string
  buyerId: Id<'org'>
  buyerName: string
  productId: Id<'product'>
  productCode: string
  productName: string
  operatorId: Id<'org'>
  scenarioId: Id<'scenario'>
  scenarioName: string
  purposeClass: PurposeClass
  purpose: string
  terms: UseTerms
  appliedAt: Date
  status: 'submitted' | 'approved' | 'rejected'
  decidedAt: Date | null
  reason: string | null
}>

/** What an approved use application gives to whoever opens a subscription on it. */
export type ApprovedUse = Readonly<{
  useApplicationId: Id<'application'>
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purposeClass: PurposeClass
  developmentAgreementId: Id<'devagr'>
  terms: UseTerms
}>
