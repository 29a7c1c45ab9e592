import type { ProblemCode } from '#kernel/problems.ts'
import {
  type KeyAccess,
  priceAtMs,
  type PriceVersion,
  type ProductAccess,
  type SubscriptionAccess,
} from './access.ts'
import { containsAddress } from './networks.ts'

export type AccessQuestion = Readonly<{
  access: KeyAccess
  /** The product the address names, for a sandbox key; the subscribed one for a live key. */
  product: ProductAccess | null
  productCode: string
  address: string
  /** It carries `x-sandbox-outcome`. */
  asksSandbox: boolean
  atMs: number
}>

/** A call that may go on, as far as it can be told without counting. */
export type Grant = Readonly<{
  product: ProductAccess
  subscription: SubscriptionAccess | null
  price: PriceVersion | null
}>
export type AccessVerdict =
  Readonly<{ kind: 'granted'; grant: Grant }> | Readonly<{ kind: 'refused'; code: ProblemCode }>

/**
 * Whether this key may call this product now, from there (R46): key, network, buyer, subscription,
 * purpose, listing and price, each at the moment of the call. Purpose is never taken from the request:
 * a live key is bound to one product in one scenario.
 */
export function decideAccess(question: AccessQuestion): AccessVerdict {
  const { access, product } = question
  const code = keyRefusal(question) ?? subscriptionRefusal(question)
  if (code !== undefined) return { kind: 'refused', code }
  if (!product) return { kind: 'refused', code: 'NOT_FOUND' }
  const stopped = standingRefusals[product.standing]
  if (stopped !== undefined) return { kind: 'refused', code: stopped }
  const { subscription } = access
  const price = subscription ? (priceAtMs(subscription.prices, question.atMs) ?? null) : null
  if (subscription?.purposeClass === 'industry' && price === null)
    return { kind: 'refused', code: 'NO_POSTED_PRICE' }
  return { kind: 'granted', grant: { product, subscription, price } }
}

const standingRefusals: Readonly<Record<ProductAccess['standing'], ProblemCode | undefined>> = {
  listed: undefined,
  suspended: 'PRODUCT_SUSPENDED',
  data_prohibited: 'DATA_PROHIBITED',
  not_listed: 'PRODUCT_NOT_LISTED',
}

function keyRefusal(question: AccessQuestion): ProblemCode | undefined {
  const { access, address, atMs } = question
  const { buyerStatus, mode } = access
  if (buyerStatus === 'suspended') return 'BUYER_SUSPENDED'
  const mayUse = buyerStatus === 'active' || (mode === 'sandbox' && buyerStatus === 'registered')
  if (!mayUse) return 'BUYER_NOT_ACTIVE'
  if (access.revokedAtMs !== null) return 'KEY_REVOKED'
  if (access.expiresAtMs !== null && atMs >= access.expiresAtMs) return 'KEY_EXPIRED'
  if (access.isSuspended) return 'KEY_SUSPENDED'
  // Whoever asks the sandbox for an outcome must not be charged for a live call.
  if (question.asksSandbox && mode === 'live') return 'KEY_WRONG_MODE'
  if (!access.mayCall) return 'KEY_WRONG_SCOPE'
  const isOutside = access.networks.some((list) => !containsAddress(list, address))
  return isOutside ? 'NETWORK_NOT_ALLOWED' : undefined
}

function subscriptionRefusal({
  access,
  productCode,
  atMs,
}: AccessQuestion): ProblemCode | undefined {
  const { subscription } = access
  if (access.mode === 'sandbox') return undefined
  if (!subscription) return 'KEY_WRONG_SCOPE'
  if (access.product?.code !== productCode || !subscription.scenarioApproved)
    return 'PURPOSE_NOT_ALLOWED'
  if (subscription.status === 'suspended') return 'SUBSCRIPTION_SUSPENDED'
  const isOver = subscription.status === 'ended' || atMs >= subscription.endsAtMs
  return isOver || atMs < subscription.startsAtMs ? 'SUBSCRIPTION_EXPIRED' : undefined
}
