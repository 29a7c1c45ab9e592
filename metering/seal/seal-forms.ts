import { canonicalJson } from '#kernel/canonical-json.ts'
import type { DigestAlgorithm, DigestText } from '#kernel/crypto/digest.ts'
import { merkleRoot } from '#kernel/merkle.ts'
import { leafForm } from './leaf.ts'

/** Attempts that belong to no product are sealed under this name. */
export const noProduct = '-'

export type OwnerKind = 'key' | 'subscription'

/** The tree of one subscription's events of a product-day, or of one key's that have no subscription. */
export type Subtree = Readonly<{
  ownerKind: OwnerKind
  ownerId: string
  buyerId: string
  events: bigint
  attempts: bigint
  billed: bigint
  root: DigestText
}>

/** With the salt that hides it from everybody but its owner. */
export type SaltedSubtree = Subtree & Readonly<{ salt: string }>

/** What a subtree is in the tree above it: nobody can guess it from small counts without the salt. */
export function subtreeText(subtree: SaltedSubtree): string {
  const { ownerKind, ownerId, buyerId, events, attempts, billed, root, salt } = subtree
  return canonicalJson({
    form: 'usage-subtree/1',
    ...{ ownerKind, ownerId, buyerId, events, attempts, billed, root, salt },
  })
}

/** The events of one shard after one batch, up to and with another. */
export type ShardSpan = Readonly<{ shard: number; afterBatch: bigint; throughBatch: bigint }>

export type SealContent = Readonly<{
  algorithm: DigestAlgorithm
  productId: string
  day: string
  /** 0 seals the day; later ones seal what was committed after the one before. */
  supplement: number
  /** 1, 2, 3 … within the product. */
  sequence: bigint
  /** Digest of the product's seal before it. */
  previous: string | null
  covers: readonly ShardSpan[]
  subtrees: readonly SaltedSubtree[]
  sealedAt: Date
}>

export type SealCounts = Readonly<{ events: bigint; attempts: bigint; billed: bigint }>

export function countsOf(parts: readonly SealCounts[]): SealCounts {
  return parts.reduce<SealCounts>(
    (sum, part) => ({
      events: sum.events + part.events,
      attempts: sum.attempts + part.attempts,
      billed: sum.billed + part.billed,
    }),
    { events: 0n, attempts: 0n, billed: 0n },
  )
}

export function subtreesRoot(
  subtrees: readonly SaltedSubtree[],
  algorithm: DigestAlgorithm,
): DigestText {
  return merkleRoot(
    subtrees.map((subtree) => Buffer.from(subtreeText(subtree))),
    algorithm,
  )
}

/** The canonical text of a seal: what is digested, signed, published and named by the next one. */
export function sealText(content: SealContent): string {
  const { algorithm, productId, day, previous, subtrees } = content
  return canonicalJson({
    form: 'usage-seal/1',
    leafForm,
    algorithm,
    productId,
    day,
    previous,
    supplement: String(content.supplement),
    sequence: content.sequence,
    root: subtreesRoot(subtrees, algorithm),
    subtrees: String(subtrees.length),
    ...countsOf(subtrees),
    covers: content.covers.map(({ shard, afterBatch, throughBatch }) => ({
      shard: String(shard),
      afterBatch,
      throughBatch,
    })),
    sealedAt: content.sealedAt.toISOString(),
  })
}
