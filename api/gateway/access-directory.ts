import { subscriptionTerms } from '#billing/index.ts'
import { type ProductContent, productContentSchema } from '#governance/index.ts'
import type { Clock } from '#kernel/clock.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { KeyAccess, ProductAccess, SubscriptionAccess } from './access.ts'
import {
  type AccessRow,
  findAccess,
  findProduct,
  getVersionContent,
  priceVersionFromRow,
  type ProductRow,
} from './access.queries.ts'
import type { OpenUpstream } from './connector.ts'
import { createFreshCache, type FreshCache } from './fresh-cache.ts'
import { networkList } from './networks.ts'
import { sandboxLimits } from './sandbox.ts'

/** Who a key belongs to and what it opens. Each answer is at most a second old. */
export type AccessDirectory = Readonly<{
  ofKey: FreshCache<KeyAccess>['get']
  ofProduct: FreshCache<ProductAccess>['get']
  /** Forgets everything at once, for a seed whose clock runs faster than a second. */
  forget: () => void
}>

type Deps = Readonly<{ db: Database; keys: Pick<KeyRing, 'openSecret'>; clock: Clock }>

export function createAccessDirectory(deps: Deps): AccessDirectory {
  const products = productReader(deps)
  const byKey = createFreshCache(async (digest) => {
    const row = await findAccess(deps.db, { keyDigest: digest, at: deps.clock.now() })
    return row && keyAccess(row, row.product_id ? await products(row as ProductRow) : null)
  })
  const byCode = createFreshCache(async (code) => {
    const row = await findProduct(deps.db, code)
    return row && products(row)
  })
  return {
    ofKey: (digest) => byKey.get(digest),
    ofProduct: (code) => byCode.get(code),
    forget: () => {
      byKey.forget()
      byCode.forget()
    },
  }
}

/** Versions in use are few; their contents and opened upstreams are kept as long as they are current. */
function productReader({ db, keys }: Deps): (row: ProductRow) => Promise<ProductAccess> {
  const contents = new Map<Id<'pver'>, ProductContent>()
  const upstreams = new Map<string, OpenUpstream>()
  const contentOf = async (versionId: Id<'pver'>): Promise<ProductContent> => {
    const known = contents.get(versionId)
    if (known) return known
    const content = productContentSchema.parse(await getVersionContent(db, versionId))
    contents.set(versionId, content)
    return content
  }
  const upstreamOf = (row: ProductRow, content: ProductContent): OpenUpstream | null => {
    const { upstream_id: upstreamId, connector, address, sealed_secret: sealed } = row
    if (!upstreamId || !connector || address === null) return null
    const known = upstreams.get(upstreamId)
    if (known) return known
    const upstream: OpenUpstream = {
      upstreamId,
      connector,
      address,
      settings: row.settings,
      secret: sealed === null ? null : keys.openSecret({ text: sealed, boundTo: upstreamId }),
      delivery: content.delivery,
      resultRule: content.resultRule,
      fields: content.dictionary.map((entry) => entry.name),
    }
    upstreams.set(upstreamId, upstream)
    return upstream
  }
  return async (row) => {
    const content = row.version_id === null ? null : await contentOf(row.version_id)
    return {
      productId: row.product_id,
      code: row.product_code,
      versionId: row.version_id,
      standing: standingOf(row),
      content,
      upstream: content && upstreamOf(row, content),
    }
  }
}

function keyAccess(row: AccessRow, product: ProductAccess | null): KeyAccess {
  const terms = row.subscription_id === null ? null : subscriptionTerms.parse(row.terms)
  const networks = [networkList(row.networks), networkList(terms?.networks ?? [])]
  return {
    keyId: row.key_id,
    buyerId: row.buyer_id,
    buyerStatus: row.buyer_status,
    mode: row.mode,
    mayCall: row.scopes.includes('data:call'),
    expiresAtMs: row.expires_at?.getTime() ?? null,
    revokedAtMs: row.revoked_at?.getTime() ?? null,
    isSuspended: row.suspended_at !== null,
    networks: networks.filter((list) => list !== undefined),
    limits: terms
      ? {
          callsPerSecond: terms.callsPerSecondMax,
          concurrentCalls: terms.concurrentCallsMax,
          callsPerDay: countOf(terms.callsPerDayMax),
          callsPerMonth: countOf(terms.callsPerMonthMax),
        }
      : sandboxLimits,
    spend: {
      spendKeyId: row.spend_key_id,
      allowanceMicroYuan: microYuanOf(row.spend_allowance_micro_yuan),
    },
    subscription: subscriptionOf(row),
    product,
  }
}

function standingOf(row: ProductRow): ProductAccess['standing'] {
  if (row.version_status === 'listed') return 'listed'
  if (row.version_status !== 'suspended') return 'not_listed'
  return row.data_prohibited ? 'data_prohibited' : 'suspended'
}

function microYuanOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text)
}

function countOf(text: string | null): number | null {
  return text === null ? null : Number(text)
}

function subscriptionOf(row: AccessRow): SubscriptionAccess | null {
  const { subscription_id: subscriptionId, scenario_id: scenarioId } = row
  if (!subscriptionId || !scenarioId || !row.purpose_class || !row.subscription_status) return null
  if (!row.starts_at || !row.ends_at || !row.operator_id) return null
  return {
    subscriptionId,
    scenarioId,
    scenarioApproved: row.scenario_status === 'approved',
    purposeClass: row.purpose_class,
    startsAtMs: row.starts_at.getTime(),
    endsAtMs: row.ends_at.getTime(),
    status: row.subscription_status,
    prices: (row.prices ?? []).map(priceVersionFromRow),
    account: {
      operatorId: row.operator_id,
      paymentMode: row.payment_mode,
      allowanceMicroYuan: microYuanOf(row.allowance_micro_yuan),
    },
  }
}
