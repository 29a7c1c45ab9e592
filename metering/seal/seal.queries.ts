import { sql } from 'kysely'
import type { DigestText } from '#kernel/crypto/digest.ts'
import type { Database, Tx } from '#kernel/database.ts'
import { dayOf, type Period } from '#kernel/period.ts'
import type { OwnerKind, SaltedSubtree, SealCounts } from './seal-forms.ts'

export type SealRow = SealCounts &
  Readonly<{
    sealId: string
    productId: string
    day: string
    supplement: number
    sequence: bigint
    previousDigest: string | null
    root: string
    subtrees: number
    /** The canonical text that was signed. */
    content: string
    digest: string
    keyId: string
    signature: string
    sealedAt: Date
  }>

/** The newest seal of a product: the one the next names. */
export async function findLastSealOf(
  tx: Tx,
  productId: string,
): Promise<Readonly<{ sequence: bigint; digest: string }> | undefined> {
  return tx
    .selectFrom('metering.seal')
    .select(['sequence', 'digest'])
    .where('product_id', '=', productId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
}

const sealColumns = [
  'id',
  'product_id',
  'day',
  'supplement',
  'sequence',
  'previous_digest',
  'root',
  'subtrees',
  'events',
  'attempts',
  'billed',
  'content',
  'digest',
  'key_id',
  'signature',
  'sealed_at',
] as const

/** The seals of some days by day, product and supplement; only those with subtrees of a buyer if one is named. */
export async function listSealRows(
  db: Database,
  input: Readonly<{ days: Period; buyerId?: string }>,
): Promise<SealRow[]> {
  const { days, buyerId } = input
  const rows = await db
    .selectFrom('metering.seal')
    .select(sealColumns)
    .where('day', '>=', dayOf(days.from))
    .where('day', '<', dayOf(days.to))
    .$if(buyerId !== undefined, (query) =>
      query.where('id', 'in', (eb) =>
        eb
          .selectFrom('metering.seal_subtree')
          .select('seal_id')
          .where('buyer_id', '=', buyerId ?? ''),
      ),
    )
    .orderBy('day')
    .orderBy('product_id')
    .orderBy('supplement')
    .execute()
  return rows.map(({ id, product_id: productId, ...row }) => ({
    sealId: id,
    productId,
    day: row.day,
    supplement: row.supplement,
    sequence: row.sequence,
    previousDigest: row.previous_digest,
    root: row.root,
    subtrees: row.subtrees,
    events: row.events,
    attempts: row.attempts,
    billed: row.billed,
    content: row.content,
    digest: row.digest,
    keyId: row.key_id,
    signature: row.signature,
    sealedAt: row.sealed_at,
  }))
}

export async function insertSeal(
  tx: Tx,
  seal: SealRow,
  subtrees: readonly SaltedSubtree[],
): Promise<void> {
  await tx
    .insertInto('metering.seal')
    .values({
      id: seal.sealId,
      product_id: seal.productId,
      day: seal.day,
      supplement: seal.supplement,
      sequence: seal.sequence,
      previous_digest: seal.previousDigest,
      root: seal.root,
      subtrees: seal.subtrees,
      events: seal.events,
      attempts: seal.attempts,
      billed: seal.billed,
      content: seal.content,
      digest: seal.digest,
      key_id: seal.keyId,
      signature: seal.signature,
      sealed_at: seal.sealedAt,
    })
    .execute()
  const ofEach = <T>(read: (subtree: SaltedSubtree) => T): T[] => subtrees.map(read)
  await sql`
    insert into metering.seal_subtree (seal_id, position, owner_kind, owner_id, buyer_id, events, attempts,
      billed, root, salt)
    select ${seal.sealId}, position - 1, owner_kind, owner_id, buyer_id, events, attempts, billed, root, salt
    from unnest(${ofEach((each) => each.ownerKind)}::text[], ${ofEach((each) => each.ownerId)}::text[],
      ${ofEach((each) => each.buyerId)}::text[], ${ofEach((each) => String(each.events))}::bigint[],
      ${ofEach((each) => String(each.attempts))}::bigint[], ${ofEach((each) => String(each.billed))}::bigint[],
      ${ofEach((each) => each.root)}::text[], ${ofEach((each) => each.salt)}::text[])
      with ordinality as s (owner_kind, owner_id, buyer_id, events, attempts, billed, root, salt, position)`.execute(
    tx,
  )
}

/** All subtrees of a seal in their places. */
export async function listSubtrees(db: Database, sealId: string): Promise<SaltedSubtree[]> {
  const rows = await db
    .selectFrom('metering.seal_subtree')
    .select(['owner_kind', 'owner_id', 'buyer_id', 'events', 'attempts', 'billed', 'root', 'salt'])
    .where('seal_id', '=', sealId)
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    ownerKind: row.owner_kind as OwnerKind,
    ownerId: row.owner_id,
    buyerId: row.buyer_id,
    events: row.events,
    attempts: row.attempts,
    billed: row.billed,
    root: row.root as DigestText,
    salt: row.salt,
  }))
}
