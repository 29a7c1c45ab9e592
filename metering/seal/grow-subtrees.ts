import type { DigestAlgorithm } from '#kernel/crypto/digest.ts'
import { type GrowingTree, growingTree } from '#kernel/merkle.ts'
import { leafOf, leafText, type UsageEventRow } from './leaf.ts'
import { noProduct, type OwnerKind, type Subtree } from './seal-forms.ts'

/** A finished subtree and the product it is of. */
export type ProductSubtree = Readonly<{ productId: string; subtree: Subtree }>

type Growing = {
  productId: string
  ownerKind: OwnerKind
  ownerId: string
  buyerId: string
  events: bigint
  attempts: bigint
  billed: bigint
  tree: GrowingTree
}

/** Makes the subtrees of events that come in the order of sealing; keeps one tree at a time. */
export async function* growSubtrees(
  events: AsyncIterable<UsageEventRow>,
  algorithm: DigestAlgorithm,
): AsyncGenerator<ProductSubtree> {
  let growing: Growing | undefined
  for await (const event of events) {
    if (growing === undefined || !isOf(growing, event)) {
      if (growing !== undefined) yield finished(growing)
      growing = begin(event, algorithm)
    }
    growing.tree.add(Buffer.from(leafText(leafOf(event, algorithm))))
    growing.events += 1n
    growing.attempts += BigInt(event.attempts)
    if (event.billable) growing.billed += BigInt(event.attempts)
  }
  if (growing !== undefined) yield finished(growing)
}

/** Whose subtree an event is in. */
export function ownerOf(event: UsageEventRow): Readonly<{ ownerKind: OwnerKind; ownerId: string }> {
  return event.subscription_id === null
    ? { ownerKind: 'key', ownerId: event.key_id }
    : { ownerKind: 'subscription', ownerId: event.subscription_id }
}

function begin(event: UsageEventRow, algorithm: DigestAlgorithm): Growing {
  return {
    productId: event.product_id ?? noProduct,
    ...ownerOf(event),
    buyerId: event.buyer_id,
    events: 0n,
    attempts: 0n,
    billed: 0n,
    tree: growingTree(algorithm),
  }
}

function isOf(growing: Growing, event: UsageEventRow): boolean {
  const { ownerKind, ownerId } = ownerOf(event)
  return (
    growing.productId === (event.product_id ?? noProduct) &&
    growing.ownerKind === ownerKind &&
    growing.ownerId === ownerId &&
    growing.buyerId === event.buyer_id
  )
}

function finished({ productId, tree, ...counted }: Growing): ProductSubtree {
  return { productId, subtree: { ...counted, root: tree.root() } }
}
