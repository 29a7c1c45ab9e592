import { canonicalJson } from '#kernel/canonical-json.ts'
import type { Context } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import type { DigestAlgorithm } from '#kernel/crypto/digest.ts'
import type { Id } from '#kernel/ids.ts'
import { merkleTree } from '#kernel/merkle.ts'
import { type Month, monthPeriod } from '#kernel/period.ts'
import { z } from 'zod'
import { leafOf, leafText } from './leaf.ts'
import { type SaltedSubtree, type ShardSpan, subtreeText } from './seal-forms.ts'
import { listSealRows, listSubtrees, type SealRow } from './seal.queries.ts'
import { readSubtreeEvents } from './stored-events.ts'

/** What a seal's signed text says of how to make it again. */
const signedParts = z.object({
  algorithm: z.enum(['sm3', 'sha256']),
  covers: z.array(
    z
      .object({
        shard: z.coerce.number().int(),
        afterBatch: z.string(),
        throughBatch: z.string(),
      })
      .transform(({ shard, afterBatch, throughBatch }): ShardSpan => ({
        shard,
        afterBatch: BigInt(afterBatch),
        throughBatch: BigInt(throughBatch),
      })),
  ),
})

type ArchiveInput = Readonly<{ month: Month; buyerId?: Id<'org'> }>

/**
 * The sealed events of a month as JSON lines, made as they are read: of one buyer its whole subtrees with
 * the path up to each root, of everybody (no buyer named) all subtrees. `tools/verify-usage.mjs` holds
 * them against the published seals. The caller has asked for the permission.
 */
export async function* writeUsageArchive(
  ctx: Pick<Context, 'db' | 'clock'>,
  input: ArchiveInput,
): AsyncGenerator<string> {
  const { month, buyerId } = input
  yield line({
    kind: 'header',
    form: 'usage-archive/1',
    buyerId: buyerId ?? null,
    month,
    madeAt: ctx.clock.now().toISOString(),
  })
  const seals = await listSealRows(ctx.db, {
    days: monthPeriod(month),
    ...(buyerId === undefined ? {} : { buyerId }),
  })
  const counts = { subtrees: 0, leaves: 0 }
  for (const seal of seals) {
    const { day, productId, supplement, digest } = seal
    yield line({ kind: 'seal', day, productId, supplement: String(supplement), digest })
    for await (const text of writeSubtrees(ctx.db, seal, { buyerId, counts })) yield text
  }
  const { subtrees, leaves } = counts
  yield line({ kind: 'end', seals: seals.length, subtrees, leaves })
}

async function* writeSubtrees(
  db: Database,
  seal: SealRow,
  wanted: Readonly<{
    buyerId: string | undefined
    counts: { subtrees: number; leaves: number }
  }>,
): AsyncGenerator<string> {
  const { algorithm, covers } = signedParts.parse(JSON.parse(seal.content))
  const { buyerId, counts } = wanted
  for (const { subtree, proof } of placed(await listSubtrees(db, seal.sealId), algorithm)) {
    if (buyerId !== undefined && subtree.buyerId !== buyerId) continue
    counts.subtrees += 1
    yield `{"kind":"subtree","node":${subtreeText(subtree)}${
      // Whoever is given all subtrees makes the root of them all.
      buyerId === undefined ? '' : `,"proof":${canonicalJson(proof)}`
    }}\n`
    const events = readSubtreeEvents(db, {
      ...{ productId: seal.productId, day: seal.day },
      ...{ covers, subtree },
    })
    for await (const event of events) {
      counts.leaves += 1
      yield `{"kind":"leaf","leaf":${leafText(leafOf(event, algorithm))}}\n`
    }
  }
}

/** Each subtree with the path that leads from it to the seal's root: others are in it as hashes only. */
function placed(subtrees: readonly SaltedSubtree[], algorithm: DigestAlgorithm) {
  const { proofs } = merkleTree(
    subtrees.map((subtree) => Buffer.from(subtreeText(subtree))),
    algorithm,
  )
  return proofs.flatMap((proof, index) => {
    const subtree = subtrees[index]
    return subtree === undefined ? [] : [{ subtree, proof: { ...proof, path: [...proof.path] } }]
  })
}

function line(value: Parameters<typeof canonicalJson>[0]): string {
  return `${canonicalJson(value)}\n`
}
