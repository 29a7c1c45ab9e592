import { randomBytes } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { digest, type DigestAlgorithm } from '#kernel/crypto/digest.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Tx } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { merkleRoot } from '#kernel/merkle.ts'
import { growSubtrees } from './grow-subtrees.ts'
import {
  countsOf,
  type SealCounts,
  type SaltedSubtree,
  sealText,
  type ShardSpan,
  subtreesRoot,
} from './seal-forms.ts'
import { insertRound } from './seal-rounds.queries.ts'
import { findLastSealOf, insertSeal, type SealRow } from './seal.queries.ts'
import { streamCoveredEvents } from './stored-events.ts'

export type SealContext = Context & Readonly<{ keys: Pick<KeyRing, 'sign' | 'currentKeyId'> }>

export type RoundToSeal = Readonly<{
  day: string
  supplement: number
  algorithm: DigestAlgorithm
  covers: readonly ShardSpan[]
}>

/** What was sealed in a round, over all its products. */
export type SealedRound = SealCounts &
  Readonly<{ day: string; supplement: number; root: string; seals: number }>

const saltBytes = 32

/** Seals what a round covers: a seal for each product, each the next of its product's chain. */
export async function sealRound(
  tx: Tx,
  ctx: SealContext,
  round: RoundToSeal,
): Promise<SealedRound> {
  const sealedAt = ctx.clock.now()
  const seals: SealRow[] = []
  let productId: string | undefined
  let subtrees: SaltedSubtree[] = []
  const close = async (): Promise<void> => {
    if (productId !== undefined)
      seals.push(await sealProduct(tx, ctx, { ...round, productId, subtrees, sealedAt }))
  }
  const events = streamCoveredEvents(tx, round)
  for await (const grown of growSubtrees(events, round.algorithm)) {
    if (grown.productId !== productId) {
      await close()
      productId = grown.productId
      subtrees = []
    }
    subtrees.push({ ...grown.subtree, salt: randomBytes(saltBytes).toString('base64url') })
  }
  await close()
  const { day, supplement, algorithm, covers } = round
  const root = roundRoot(seals, algorithm)
  const sealed = { day, supplement, root, seals: seals.length }
  await insertRound(tx, { ...sealed, algorithm, covers, sealedAt })
  return { ...sealed, ...countsOf(seals) }
}

/** One digest for all seals of a round, so that a notice can name them all. */
export function roundRoot(
  seals: readonly Pick<SealRow, 'digest'>[],
  algorithm: DigestAlgorithm,
): string {
  return merkleRoot(
    seals.map((seal) => Buffer.from(seal.digest)),
    algorithm,
  )
}

async function sealProduct(
  tx: Tx,
  ctx: SealContext,
  input: RoundToSeal &
    Readonly<{ productId: string; subtrees: readonly SaltedSubtree[]; sealedAt: Date }>,
): Promise<SealRow> {
  const { productId, day, supplement, algorithm, subtrees, sealedAt } = input
  const last = await findLastSealOf(tx, productId)
  const place = { sequence: (last?.sequence ?? 0n) + 1n, previous: last?.digest ?? null }
  const content = sealText({ ...input, ...place })
  const seal: SealRow = {
    sealId: newId('seal', ctx.clock),
    ...{ productId, day, supplement, content, sealedAt },
    sequence: place.sequence,
    previousDigest: place.previous,
    root: subtreesRoot(subtrees, algorithm),
    subtrees: subtrees.length,
    ...countsOf(subtrees),
    digest: digest(algorithm, content),
    keyId: ctx.keys.currentKeyId('seal'),
    signature: ctx.keys.sign('seal', Buffer.from(content)),
  }
  await insertSeal(tx, seal, subtrees)
  return seal
}
