import type { ApiKeyMode } from '#kernel/api-key-format.ts'
import type { KeyScope } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'
import type { Money } from '#kernel/money.ts'
import type { KeyStanding } from './key-standing.ts'

export type CreateApiKey = Readonly<{
  mode: ApiKeyMode
  scopes: readonly KeyScope[]
  name: string
  /** Addresses or networks (CIDR) the key works from; empty: any. */
  networks?: readonly string[]
  expiresAt?: Date | null
  /** The most it may spend in a business month, with its successors; absent: as much as the account allows. */
  monthlySpendMaxFen?: Money | null
  /**
   * The subscription a live `data:call` key is bound to, read by the caller above in the same
   * transaction; null for every other key.
   */
  subscription: Readonly<{
    id: Id<'sub'>
    buyerId: Id<'org'>
    status: 'active' | 'suspended' | 'ended'
    endsAt: Date
  }> | null
}>
/** `key` is shown this once; only its digest is kept. */
export type CreateApiKeyResult = Readonly<{ kind: 'created'; keyId: Id<'key'>; key: string }>
export type RotateApiKey = Readonly<{
  keyId: Id<'key'>
  /** How long the first key works on: 24 hours unless told, at most 30 days, 0 for not at all. */
  overlapSeconds?: number | undefined
}>
/** `key` is shown this once. */
export type RotateApiKeyResult = Readonly<{
  kind: 'rotated'
  keyId: Id<'key'>
  key: string
  overlapEndsAt: Date
}>
export type CapApiKey = Readonly<{ keyId: Id<'key'>; monthlySpendMaxFen: Money | null }>
export type CapApiKeyResult = Readonly<{ kind: 'capped' | 'already_capped' }>
export type RevokeApiKey = Readonly<{ keyId: Id<'key'> }>
export type RevokeApiKeyResult = Readonly<{ kind: 'revoked' | 'already_revoked'; revokedAt: Date }>

export type ApiKeyView = Readonly<{
  id: Id<'key'>
  buyerId: Id<'org'>
  mode: ApiKeyMode
  scopes: readonly KeyScope[]
  subscriptionId: Id<'sub'> | null
  name: string
  /** `xn_live_ab12` … and the last four. */
  prefix: string
  lastFour: string
  networks: readonly string[]
  expiresAt: Date | null
  createdAt: Date
  revokedAt: Date | null
  suspendedAt: Date | null
  /** The key this one follows. */
  rotatesKeyId: Id<'key'> | null
  /** When this key ends because another follows it. */
  overlapEndsAt: Date | null
  /** The first of the keys that follow each other: what they spend is counted under it. */
  spendKeyId: Id<'key'>
  monthlySpendMaxFen: Money | null
  standing: KeyStanding
}>
