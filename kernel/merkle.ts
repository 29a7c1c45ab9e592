import {
  defaultDigest,
  type DigestAlgorithm,
  digestBytes,
  type DigestText,
  formatDigest,
  parseDigest,
} from './crypto/digest.ts'
import { invariant } from './errors.ts'

/**
 * Merkle trees as in RFC 6962, with SM3 unless another algorithm is named: a leaf is H(0x00 ‖ data),
 * a node H(0x01 ‖ left ‖ right), so that a node can never be shown as a leaf; the left side of n
 * leaves is the largest power of two below n. An empty tree is H of nothing. The root alone does not
 * fix the number of leaves: publish the count beside it.
 */
export function merkleRoot(
  leaves: readonly Uint8Array[],
  algorithm: DigestAlgorithm = defaultDigest,
): DigestText {
  if (leaves.length === 0) return formatDigest(algorithm, digestBytes(algorithm, new Uint8Array()))
  const top = levelsOf(leaves, algorithm).at(-1)?.[0]
  invariant(top !== undefined, 'a tree with leaves has a root')
  return formatDigest(algorithm, top)
}

/** What shows that the leaf at `index` of `size` is under a root: its siblings from the bottom up. */
export type InclusionProof = Readonly<{
  algorithm: DigestAlgorithm
  index: number
  size: number
  path: readonly DigestText[]
}>

export function inclusionProof(
  leaves: readonly Uint8Array[],
  index: number,
  algorithm: DigestAlgorithm = defaultDigest,
): InclusionProof {
  invariant(Number.isInteger(index) && index >= 0 && index < leaves.length, 'there is such a leaf')
  const path = levelsOf(leaves, algorithm)
    .slice(0, -1)
    .flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? [])
  return {
    algorithm,
    index,
    size: leaves.length,
    path: path.map((node) => formatDigest(algorithm, node)),
  }
}

/** The root and the proof of every leaf, hashing the tree once. */
export function merkleTree(
  leaves: readonly Uint8Array[],
  algorithm: DigestAlgorithm = defaultDigest,
): Readonly<{ root: DigestText; proofs: readonly InclusionProof[] }> {
  const levels = levelsOf(leaves, algorithm).map((level) =>
    level.map((node) => formatDigest(algorithm, node)),
  )
  const root = levels.at(-1)?.[0] ?? merkleRoot([], algorithm)
  const below = levels.slice(0, -1)
  const proofs = leaves.map((_, index) => ({
    algorithm,
    index,
    size: leaves.length,
    path: below.flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? []),
  }))
  return { root, proofs }
}

/**
 * Whether a leaf is in the tree of this root, at the place and in the tree size the proof says. Needs
 * nothing but what is published; anything malformed is false.
 */
export function verifyInclusion(
  claim: Readonly<{ leaf: Uint8Array; proof: InclusionProof; root: string }>,
): boolean {
  const { algorithm, index, size, path } = claim.proof
  const isPlace = Number.isSafeInteger(index) && Number.isSafeInteger(size)
  if (!isPlace || index < 0 || index >= size) return false
  const form = new RegExp(`^${algorithm}:[0-9a-f]{64}$`)
  if (![...path, claim.root].every((text) => form.test(text))) return false
  let node = leafHash(claim.leaf, algorithm)
  let used = 0
  for (let at = index, width = size; width > 1; at = Math.floor(at / 2)) {
    const hasSibling = (at ^ 1) < width
    if (hasSibling) {
      const text = path[used++]
      if (text === undefined) return false
      const sibling = parseDigest(text).bytes
      node = at % 2 === 1 ? nodeHash(sibling, node, algorithm) : nodeHash(node, sibling, algorithm)
    }
    width = Math.ceil(width / 2)
  }
  return used === path.length && formatDigest(algorithm, node) === claim.root
}

/** A tree that grows leaf by leaf and keeps no more than one node for each of its levels. */
export interface GrowingTree {
  add(leaf: Uint8Array): void
  /** The root of what was added so far. */
  root(): DigestText
}

export function growingTree(algorithm: DigestAlgorithm = defaultDigest): GrowingTree {
  /** Roots of full trees, the largest first: the binary digits of the number of leaves. */
  const full: { width: number; node: Uint8Array }[] = []
  return {
    add: (leaf) => {
      let top = { width: 1, node: leafHash(leaf, algorithm) }
      for (let last = full.at(-1); last?.width === top.width; last = full.at(-1)) {
        full.pop()
        top = { width: top.width * 2, node: nodeHash(last.node, top.node, algorithm) }
      }
      full.push(top)
    },
    root: () => {
      const top = full.map(({ node }) => node)
      if (top.length === 0) return merkleRoot([], algorithm)
      const root = top.reduceRight((right, left) => nodeHash(left, right, algorithm))
      return formatDigest(algorithm, root)
    },
  }
}

/** Leaf hashes first, the root last; a node without a partner rises unchanged. */
function levelsOf(leaves: readonly Uint8Array[], algorithm: DigestAlgorithm): Uint8Array[][] {
  let level = leaves.map((leaf) => leafHash(leaf, algorithm))
  const levels = [level]
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at]
      const right = level[at + 1]
      if (left !== undefined) next.push(right ? nodeHash(left, right, algorithm) : left)
    }
    levels.push(next)
    level = next
  }
  return levels
}

function leafHash(data: Uint8Array, algorithm: DigestAlgorithm): Uint8Array {
  return digestBytes(algorithm, Buffer.concat([leafMark, data]))
}

function nodeHash(left: Uint8Array, right: Uint8Array, algorithm: DigestAlgorithm): Uint8Array {
  return digestBytes(algorithm, Buffer.concat([nodeMark, left, right]))
}

const leafMark = Buffer.of(0)
const nodeMark = Buffer.of(1)
