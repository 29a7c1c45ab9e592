import { type UseTerms, useTermsSchema } from '#governance/index.ts'
import type { Id } from '#kernel/ids.ts'

/** The limits of the digital contract (R46), as granted; kept in `terms` and enforced at the gateway. */
export const subscriptionTerms = useTermsSchema
export type SubscriptionTerms = UseTerms

export type SubscriptionStatus = 'active' | 'suspended' | 'ended'
export type PurposeClass = 'public_interest' | 'industry'

export type Subscription = Readonly<{
  subscriptionId: Id<'sub'>
  number: string
  buyerId: Id<'org'>
  operatorId: Id<'org'>
  productId: Id<'product'>
  scenarioId: Id<'scenario'>
  purposeClass: PurposeClass
  useApplicationId: Id<'application'>
  developmentAgreementId: Id<'devagr'>
  priceItemCode: string | null
  terms: SubscriptionTerms
  startsAt: Date
  endsAt: Date
  status: SubscriptionStatus
  statusChangedAt: Date
  openedAt: Date
}>

/** A subscription with the names a page shows. */
export type SubscriptionView = Subscription &
  Readonly<{
    buyerName: string
    productCode: string
    productName: string
    productNameEn: string
    scenarioCode: string
    scenarioName: string
    scenarioNameEn: string
  }>
