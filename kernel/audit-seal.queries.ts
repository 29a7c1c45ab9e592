import type { Database, Tx } from './database.ts'

const columns = [
  'id',
  'recorded_at',
  'actor_kind',
  'actor_id',
  'organization_id',
  'action',
  'outcome',
  'object_type',
  'object_id',
  'detail',
  'request_id',
] as const

export type AuditRow = Readonly<{
  id: bigint
  recorded_at: Date
  actor_kind: string
  actor_id: string
  organization_id: string | null
  action: string
  outcome: string
  object_type: string
  object_id: string
  detail: unknown
  request_id: string
}>

export async function listWaitingEntries(tx: Tx, limit: number): Promise<AuditRow[]> {
  return tx
    .selectFrom('kernel.audit_entry')
    .innerJoin('kernel.audit_waiting', 'entry_id', 'id')
    .select(columns)
    .orderBy('id')
    .limit(limit)
    .execute()
}

export async function findLastSeal(
  db: Database | Tx,
): Promise<Readonly<{ id: bigint; digest: string }> | undefined> {
  return db
    .selectFrom('kernel.audit_seal')
    .select(['id', 'digest'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export type SealRow = Readonly<{
  id: bigint
  sealedAt: Date
  previousDigest: string | null
  digest: string
  keyId: string
  signature: string
}>

export async function insertSeal(
  tx: Tx,
  seal: SealRow,
  entries: readonly Readonly<{ entryId: bigint; digest: string }>[],
): Promise<void> {
  await tx
    .insertInto('kernel.audit_seal')
    .values({
      id: seal.id,
      sealed_at: seal.sealedAt,
      entry_count: entries.length,
      previous_digest: seal.previousDigest,
      digest: seal.digest,
      key_id: seal.keyId,
      signature: seal.signature,
    })
    .execute()
  await tx
    .insertInto('kernel.audit_seal_entry')
    .values(
      entries.map((entry, position) => ({
        entry_id: entry.entryId,
        seal_id: seal.id,
        position,
        digest: entry.digest,
      })),
    )
    .execute()
  await tx
    .deleteFrom('kernel.audit_waiting')
    .where(
      'entry_id',
      'in',
      entries.map((entry) => entry.entryId),
    )
    .execute()
}

export async function listSealsAfter(
  db: Database,
  page: Readonly<{ id: bigint; limit: number }>,
): Promise<SealRow[]> {
  const rows = await db
    .selectFrom('kernel.audit_seal')
    .select(['id', 'sealed_at', 'previous_digest', 'digest', 'key_id', 'signature'])
    .where('id', '>', page.id)
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    sealedAt: row.sealed_at,
    previousDigest: row.previous_digest,
    digest: row.digest,
    keyId: row.key_id,
    signature: row.signature,
  }))
}

export async function listSealedEntries(db: Database, sealId: bigint): Promise<AuditRow[]> {
  return db
    .selectFrom('kernel.audit_seal_entry')
    .innerJoin('kernel.audit_entry', 'entry_id', 'id')
    .select(columns)
    .where('seal_id', '=', sealId)
    .orderBy('position')
    .execute()
}

/** Entries that wait for no seal and are in none: somebody took them out of the queue. */
export async function countLostEntries(db: Database): Promise<bigint> {
  const row = await db
    .selectFrom('kernel.audit_entry as entry')
    .leftJoin('kernel.audit_seal_entry as sealed', 'sealed.entry_id', 'entry.id')
    .leftJoin('kernel.audit_waiting as waiting', 'waiting.entry_id', 'entry.id')
    .select((select) => select.fn.countAll<bigint>().as('lost'))
    .where('sealed.entry_id', 'is', null)
    .where('waiting.entry_id', 'is', null)
    .executeTakeFirstOrThrow()
  return row.lost
}
