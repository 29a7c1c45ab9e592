import type { BlockList } from 'node:net'
import type { BillableRule, PurposeClass, SubscriptionStatus } from '#billing/index.ts'
import type { ProductContent } from '#governance/index.ts'
import type { ApiKeyMode } from '#kernel/api-key-format.ts'
import type { Id } from '#kernel/ids.ts'
import type { UsageLimits } from '#metering/index.ts'
import type { OpenUpstream } from './connector.ts'

/** A posted price for the time it holds, as far as the gateway needs it: which one, and when it charges. */
export type PriceVersion = Readonly<{
  postedPriceId: Id<'posted'>
  fromMs: number
  toMs: number | null
  form: string
  /** What is counted: `call`, `record`, `megabyte` … */
  unit: string
  /** The highest unit price of its form; 0 where no single call is charged. */
  highestMicroYuan: bigint
  billableRule: BillableRule
  repeatWindowHours: number
}>

/** The version of a product that is listed now, and where its data comes from. */
export type ProductAccess = Readonly<{
  productId: Id<'product'>
  code: string
  versionId: Id<'pver'> | null
  /** Suspended from the market: by a stop of its own, or because its data may not be used. */
  standing: 'listed' | 'suspended' | 'data_prohibited' | 'not_listed'
  content: ProductContent | null
  upstream: OpenUpstream | null
}>

export type SubscriptionAccess = Readonly<{
  subscriptionId: Id<'sub'>
  scenarioId: Id<'scenario'>
  scenarioApproved: boolean
  purposeClass: PurposeClass
  startsAtMs: number
  endsAtMs: number
  status: SubscriptionStatus
  /** Price versions known now, by time; none for the public interest. */
  prices: readonly PriceVersion[]
  /** How the buyer pays this operator, and up to where its account may be used; null: no limit. */
  account: Readonly<{
    operatorId: Id<'org'>
    paymentMode: 'prepaid' | 'postpaid'
    allowanceMicroYuan: bigint | null
  }>
}>

/**
 * Everything a call with one key is decided by, read together and kept for at most a second. Times stay
 * times, so that each call is held against its own moment.
 */
export type KeyAccess = Readonly<{
  keyId: Id<'key'>
  buyerId: Id<'org'>
  buyerStatus: 'registered' | 'active' | 'suspended' | 'exited'
  mode: ApiKeyMode
  mayCall: boolean
  /** Its own end, or that of the overlap with its successor, whichever comes first. */
  expiresAtMs: number | null
  revokedAtMs: number | null
  isSuspended: boolean
  /** Each list must hold the caller's address; without a list any address will do. */
  networks: readonly BlockList[]
  limits: UsageLimits
  /** Under which key its spending of a month is counted, and up to where; null: no limit. */
  spend: Readonly<{ spendKeyId: Id<'key'>; allowanceMicroYuan: bigint | null }>
  subscription: SubscriptionAccess | null
  /** The subscribed product; a sandbox key names it in the request. */
  product: ProductAccess | null
}>

export function priceAtMs(prices: readonly PriceVersion[], atMs: number): PriceVersion | undefined {
  return prices.find((price) => price.fromMs <= atMs && (price.toMs === null || atMs < price.toMs))
}
