import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest } from './crypto/digest.ts'
import { growingTree, inclusionProof, merkleRoot, merkleTree, verifyInclusion } from './merkle.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

describe('with SHA-256 it gives the roots of the Certificate Transparency test vectors', () => {
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map(hex)
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %i leaves', (count, root) =>
    expect(merkleRoot(leaves.slice(0, count), 'sha256')).toBe(`sha256:${root}`),
  )
})

const leafLists = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 40 })
const placed = leafLists.chain((leaves) =>
  fc.tuple(fc.constant(leaves), fc.integer({ min: 0, max: leaves.length - 1 })),
)
const leafAt = (leaves: readonly Uint8Array[], index: number) => leaves[index] ?? new Uint8Array()

test('every leaf of every tree is proven by its path', () => {
  fc.assert(
    fc.property(placed, ([leaves, index]) => {
      const proof = inclusionProof(leaves, index)
      expect(proof.path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(leaves.length)))
      return verifyInclusion({ leaf: leafAt(leaves, index), proof, root: merkleRoot(leaves) })
    }),
  )
})

test('a changed leaf, place, path or root is not proven', () => {
  fc.assert(
    fc.property(placed, ([leaves, index]) => {
      const root = merkleRoot(leaves)
      const proof = inclusionProof(leaves, index)
      const leaf = leafAt(leaves, index)
      const changed = Buffer.concat([leaf, Buffer.of(1)])
      expect(verifyInclusion({ leaf: changed, proof, root })).toBe(false)
      expect(verifyInclusion({ leaf, proof, root: digest('sm3', 'x') })).toBe(false)
      expect(
        verifyInclusion({ leaf, proof: { ...proof, path: [...proof.path, root] }, root }),
      ).toBe(false)
      expect(verifyInclusion({ leaf, proof: { ...proof, index: leaves.length }, root })).toBe(false)
      const cut = { ...proof, path: proof.path.slice(1) }
      expect(verifyInclusion({ leaf, proof: cut, root })).toBe(proof.path.length === 0)
    }),
  )
})

test('the root changes with any leaf, with their order and with their number', () => {
  fc.assert(
    fc.property(leafLists, (leaves) => {
      const root = merkleRoot(leaves)
      const swapped = leaves.toReversed()
      const isSame = swapped.every((leaf, at) => Buffer.from(leaf).equals(leafAt(leaves, at)))
      expect(merkleRoot([...leaves, new Uint8Array()])).not.toBe(root)
      expect(merkleRoot(swapped) === root).toBe(isSame)
    }),
  )
})

test('a node cannot be shown as a leaf', () => {
  const leaves = ['a', 'b', 'c', 'd'].map((text) => Buffer.from(text))
  const [left, right] = [leaves.slice(0, 2), leaves.slice(2)].map((half) =>
    hex(merkleRoot(half).slice(4)),
  )
  expect(merkleRoot([left, right].map((each) => each ?? Buffer.alloc(0)))).not.toBe(
    merkleRoot(leaves),
  )
})

test('a malformed proof is false, never an error', () => {
  const leaves = [Buffer.from('a'), Buffer.from('b')]
  const proof = inclusionProof(leaves, 0)
  const root = merkleRoot(leaves)
  const wrong = [
    { ...proof, path: ['sm3:zz' as const] },
    { ...proof, index: -1 },
    { ...proof, index: 0.5 },
    { ...proof, size: Number.NaN },
    { ...proof, algorithm: 'sha256' as const },
  ]
  for (const each of wrong)
    expect(verifyInclusion({ leaf: Buffer.from('a'), proof: each, root })).toBe(false)
  expect(verifyInclusion({ leaf: Buffer.from('a'), proof, root: 'nonsense' })).toBe(false)
})

test('a whole tree gives the same root and the same proofs as each leaf by itself', () => {
  fc.assert(
    fc.property(leafLists, (leaves) => {
      const tree = merkleTree(leaves)
      expect(tree.root).toBe(merkleRoot(leaves))
      expect(tree.proofs).toEqual(leaves.map((_, index) => inclusionProof(leaves, index)))
    }),
    { numRuns: 50 },
  )
})

test('a tree grown leaf by leaf has the root of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 70 }), (leaves) => {
      const tree = growingTree('sha256')
      leaves.forEach((leaf, index) => {
        tree.add(leaf)
        expect(tree.root()).toBe(merkleRoot(leaves.slice(0, index + 1), 'sha256'))
      })
      return tree.root() === merkleRoot(leaves, 'sha256')
    }),
  )
})
