import { type Selectable, sql } from 'kysely'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import type { Tables } from '#migrations/tables.ts'

/** A sandbox or privacy-computing job of the platform that may report use in signed batches. */
export type BatchSource = Readonly<{
  sourceId: Id<'source'>
  name: string
  /** Raw Ed25519 key in base64url. */
  publicKey: string
  productVersionIds: readonly string[]
  registeredBy: string
  registeredAt: Date
  approvedBy: string | null
  approvedAt: Date | null
  revokedBy: string | null
  revokedAt: Date | null
}>

const columns = [
  'id',
  'name',
  'public_key',
  'product_version_ids',
  'registered_by',
  'registered_at',
  'approved_by',
  'approved_at',
  'revoked_by',
  'revoked_at',
] as const

function sourceFromRow(row: Selectable<Tables['metering.batch_source']>): BatchSource {
  return {
    sourceId: row.id as Id<'source'>,
    name: row.name,
    publicKey: row.public_key,
    productVersionIds: row.product_version_ids,
    registeredBy: row.registered_by,
    registeredAt: row.registered_at,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    revokedBy: row.revoked_by,
    revokedAt: row.revoked_at,
  }
}

/** Locks a source, so that its batches are accepted one after the other. */
export async function lockBatchSource(tx: Tx, sourceId: string): Promise<BatchSource | undefined> {
  const row = await tx
    .selectFrom('metering.batch_source')
    .select(columns)
    .where('id', '=', sourceId)
    .forUpdate()
    .executeTakeFirst()
  return row && sourceFromRow(row)
}

export async function isSource(db: Database, sourceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('metering.batch_source')
    .select('id')
    .where('id', '=', sourceId)
    .executeTakeFirst()
  return row !== undefined
}

export type ListedSource = BatchSource &
  Readonly<{
    batches: number
    /** Accepted, and not yet stored whole. */
    batchesUnderWay: number
    lastSequence: bigint
    lastAcceptedAt: Date | null
  }>

export async function listSources(db: Database): Promise<ListedSource[]> {
  const rows = await db
    .selectFrom('metering.batch_source as s')
    .leftJoin('metering.usage_batch as b', 'b.source_id', 's.id')
    .select(columns.map((column) => `s.${column}` as const))
    .select((eb) => [
      eb.fn.count<bigint>('b.sequence').as('batches'),
      eb.fn.max('b.sequence').as('last_sequence'),
      eb.fn.max('b.accepted_at').as('last_accepted_at'),
      eb
        .selectFrom('metering.usage_batch_standing as w')
        .select((of) => of.fn.count<bigint>('w.sequence').distinct().as('under_way'))
        .whereRef('w.source_id', '=', 's.id')
        .where('w.settled_at', 'is', null)
        .as('under_way'),
    ])
    .groupBy('s.id')
    .orderBy('s.registered_at', 'desc')
    .execute()
  return rows.map((row) => ({
    ...sourceFromRow(row),
    batches: Number(row.batches),
    batchesUnderWay: Number(row.under_way),
    lastSequence: BigInt(row.last_sequence ?? 0),
    lastAcceptedAt: row.last_accepted_at,
  }))
}

export async function insertBatchSource(
  tx: Tx,
  source: Pick<
    BatchSource,
    'sourceId' | 'name' | 'publicKey' | 'productVersionIds' | 'registeredBy' | 'registeredAt'
  >,
): Promise<void> {
  await tx
    .insertInto('metering.batch_source')
    .values({
      id: source.sourceId,
      name: source.name,
      public_key: source.publicKey,
      product_version_ids: [...source.productVersionIds],
      registered_by: source.registeredBy,
      registered_at: source.registeredAt,
    })
    .execute()
}

export async function saveSource(
  tx: Tx,
  sourceId: string,
  change: Readonly<{
    approved_by?: string
    approved_at?: Date
    revoked_by?: string
    revoked_at?: Date
  }>,
): Promise<void> {
  await tx.updateTable('metering.batch_source').set(change).where('id', '=', sourceId).execute()
}

/** How the data of these versions is worked on, by version. */
export async function processingModes(
  db: Database,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('governance.product_version')
    .select(['id', sql<string | null>`content ->> 'processingMode'`.as('mode')])
    .where('id', 'in', versionIds)
    .execute()
  return new Map(rows.map((row) => [row.id, String(row.mode)]))
}
