import { sql } from 'kysely'
import { matchesDigest } from '#kernel/crypto/digest.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Tx } from '#kernel/database.ts'
import { dayOf, dayPeriod, type Period } from '#kernel/period.ts'
import { growSubtrees } from './grow-subtrees.ts'
import { countsOf, type SaltedSubtree, sealText, type Subtree } from './seal-forms.ts'
import { roundRoot } from './seal-round.ts'
import type { SealRound } from './seal-rounds.queries.ts'
import { listSubtrees, type SealRow } from './seal.queries.ts'
import { streamCoveredEvents } from './stored-events.ts'

export type SealFault = Readonly<{
  day: string
  /** `-` for attempts without a product, `*` where all of the day is meant. */
  productId: string
  supplement: number
  reason:
    | 'an event was changed, removed or added'
    | 'events stand in no subtree'
    | 'a subtree is of no stored event'
    | 'the seal is missing'
    | 'the seal does not say what its subtrees say'
    | 'the signature is not ours'
    | 'names another seal before it'
    | 'the round does not name its seals'
    | 'the rounds do not follow each other'
    | 'an event is in no round'
    | 'the day was not sealed'
  ownerId?: string
}>

export const wholeDay = '*'

type RoundToProve = Readonly<{
  round: SealRound
  seals: readonly SealRow[]
  keys: Pick<KeyRing, 'verify'>
}>

/** Makes the seals of one round again from what is stored now. */
export async function findRoundFaults(tx: Tx, proven: RoundToProve): Promise<SealFault[]> {
  const { round, seals } = proven
  const { day, supplement, algorithm } = round
  const at = { day, supplement }
  const made = new Map<string, Subtree[]>()
  const events = streamCoveredEvents(tx, round)
  for await (const { productId, subtree } of growSubtrees(events, algorithm)) {
    const ofProduct = made.get(productId)
    if (ofProduct) ofProduct.push(subtree)
    else made.set(productId, [subtree])
  }
  const sealed = new Set(seals.map((seal) => seal.productId))
  const faults: SealFault[] = [...made.keys()]
    .filter((productId) => !sealed.has(productId))
    .map((productId) => ({ ...at, productId, reason: 'the seal is missing' }))
  for (const seal of seals)
    faults.push(...(await findSealFaults(tx, { ...proven, seal, made: made.get(seal.productId) })))
  if (roundRoot(seals, algorithm) !== round.root || seals.length !== round.seals)
    faults.push({ ...at, productId: wholeDay, reason: 'the round does not name its seals' })
  return faults
}

async function findSealFaults(
  tx: Tx,
  input: RoundToProve & Readonly<{ seal: SealRow; made: readonly Subtree[] | undefined }>,
): Promise<SealFault[]> {
  const { seal, round, keys } = input
  const { day, supplement, productId } = seal
  const at = { day, supplement, productId }
  const stored = await listSubtrees(tx, seal.sealId)
  const faults: SealFault[] = compare(stored, input.made ?? []).map((found) => ({
    ...at,
    ...found,
  }))
  if (!saysItsSubtrees(seal, stored, round))
    faults.push({ ...at, reason: 'the seal does not say what its subtrees say' })
  const signed = { bytes: Buffer.from(seal.content), signature: seal.signature }
  if (!keys.verify({ purpose: 'seal', ...signed }))
    faults.push({ ...at, reason: 'the signature is not ours' })
  return faults
}

type SubtreeFault = Readonly<{ reason: SealFault['reason']; ownerId: string }>

function compare(stored: readonly Subtree[], made: readonly Subtree[]): SubtreeFault[] {
  const nameOf = (each: Subtree): string => `${each.ownerKind} ${each.ownerId} ${each.buyerId}`
  const again = new Map(made.map((each) => [nameOf(each), each]))
  const known = new Set(stored.map(nameOf))
  const unsealed = made
    .filter((each) => !known.has(nameOf(each)))
    .map(({ ownerId }) => ({ reason: 'events stand in no subtree' as const, ownerId }))
  const changed = stored.flatMap<SubtreeFault>((each) => {
    const { ownerId } = each
    const other = again.get(nameOf(each))
    if (other === undefined) return [{ reason: 'a subtree is of no stored event', ownerId }]
    return isSame(each, other)
      ? []
      : [{ reason: 'an event was changed, removed or added', ownerId }]
  })
  return [...unsealed, ...changed]
}

function isSame(a: Subtree, b: Subtree): boolean {
  const counts = a.events === b.events && a.attempts === b.attempts && a.billed === b.billed
  return counts && a.root === b.root
}

/** Whether the signed text and the columns beside it are what a seal over these subtrees would say. */
function saysItsSubtrees(
  seal: SealRow,
  subtrees: readonly SaltedSubtree[],
  round: SealRound,
): boolean {
  const { productId, day, supplement, sequence, sealedAt } = seal
  const { algorithm, covers } = round
  const text = sealText({
    ...{ algorithm, productId, day, supplement, sequence, covers, subtrees, sealedAt },
    previous: seal.previousDigest,
  })
  const counts = countsOf(subtrees)
  return (
    text === seal.content &&
    matchesDigest(seal.digest, seal.content) &&
    text.includes(`"root":"${seal.root}"`) &&
    seal.subtrees === subtrees.length &&
    seal.events === counts.events &&
    seal.attempts === counts.attempts &&
    seal.billed === counts.billed
  )
}

/** Seals that do not name the one before them in their product's chain. */
export async function findChainFaults(tx: Tx, days: Period): Promise<SealFault[]> {
  const rows = await tx
    .selectFrom('metering.seal as seal')
    .leftJoin('metering.seal as before', (join) =>
      join
        .onRef('before.product_id', '=', 'seal.product_id')
        .on(sql<boolean>`before.sequence = seal.sequence - 1`),
    )
    .select(['seal.day', 'seal.product_id', 'seal.supplement'])
    .where('seal.day', '>=', dayOf(days.from))
    .where('seal.day', '<', dayOf(days.to))
    .where(sql<boolean>`seal.previous_digest is distinct from before.digest`)
    .execute()
  return rows.map(({ day, product_id: productId, supplement }) => ({
    ...{ day, productId, supplement },
    reason: 'names another seal before it',
  }))
}

/** Where the rounds of a day leave something out between them. */
export async function findGaps(tx: Tx, ofDay: readonly SealRound[]): Promise<SealFault[]> {
  const [first] = ofDay
  if (first === undefined) return []
  const at = { day: first.day, productId: wholeDay }
  const broken = ofDay.filter((round, index) =>
    round.covers.some(
      (span, shard) => span.afterBatch !== (ofDay[index - 1]?.covers[shard]?.throughBatch ?? 0n),
    ),
  )
  const faults: SealFault[] = broken.map(({ supplement }) => ({
    ...at,
    supplement,
    reason: 'the rounds do not follow each other',
  }))
  const { from, to } = dayPeriod(first.day)
  const stray = await tx
    .selectFrom('metering.usage_event')
    .select('event_id')
    .where('occurred_at', '>=', from)
    .where('occurred_at', '<', to)
    .where((eb) =>
      eb.or([eb('batch', '<=', 0n), eb('shard', '<', 0), eb('shard', '>=', first.covers.length)]),
    )
    .limit(1)
    .executeTakeFirst()
  if (stray) faults.push({ ...at, supplement: 0, reason: 'an event is in no round' })
  return faults
}
