import { sql } from 'kysely'
import {
  type AuditRow,
  countLostEntries,
  findLastSeal,
  insertSeal,
  listSealedEntries,
  listSealsAfter,
  listWaitingEntries,
  type SealRow,
} from './audit-seal.queries.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Context } from './context.ts'
import { defaultDigest, digest } from './crypto/digest.ts'
import type { KeyRing } from './crypto/key-ring.ts'
import { type Database, inTransaction } from './database.ts'

const entriesPerSeal = 2_000

/**
 * Seals the audit entries that wait: one digest over their digests and the seal before, signed (R92).
 * Changing or removing a sealed entry, or a seal, breaks the chain. Returns how many were sealed.
 */
export async function sealAuditEntries(
  ctx: Pick<Context, 'db' | 'clock'> & Readonly<{ keys: KeyRing }>,
): Promise<number> {
  return inTransaction(ctx.db, async (tx) => {
    // One sealer at a time, or two seals would name the same predecessor.
    await sql`select pg_advisory_xact_lock(hashtext('kernel.audit_seal'))`.execute(tx)
    const waiting = await listWaitingEntries(tx, entriesPerSeal)
    if (waiting.length === 0) return 0
    const last = await findLastSeal(tx)
    const entries = waiting.map((row) => ({ entryId: row.id, digest: entryDigest(row) }))
    const content = sealContent({
      id: (last?.id ?? 0n) + 1n,
      previousDigest: last?.digest ?? null,
      entryDigests: entries.map((entry) => entry.digest),
    })
    await insertSeal(
      tx,
      {
        id: (last?.id ?? 0n) + 1n,
        sealedAt: ctx.clock.now(),
        previousDigest: last?.digest ?? null,
        digest: digest(defaultDigest, content),
        keyId: ctx.keys.currentKeyId('audit'),
        signature: ctx.keys.sign('audit', Buffer.from(content)),
      },
      entries,
    )
    return entries.length
  })
}

export type AuditVerdict =
  | Readonly<{ kind: 'intact'; seals: number; entries: number }>
  | Readonly<{ kind: 'broken'; sealId: bigint; reason: string }>
  | Readonly<{ kind: 'entries_lost'; count: bigint }>

/** Recomputes the whole chain from the entries as they are now, and says where it breaks first. */
export async function verifyAuditSeals(
  db: Database,
  keys: Pick<KeyRing, 'verify'>,
): Promise<AuditVerdict> {
  let previous: SealRow | undefined
  let entries = 0
  let seals = 0
  for (;;) {
    const page = await listSealsAfter(db, { id: previous?.id ?? 0n, limit: 200 })
    if (page.length === 0) break
    for (const seal of page) {
      const members = await listSealedEntries(db, seal.id)
      const reason = faultOf(seal, { previous, members, keys })
      if (reason) return { kind: 'broken', sealId: seal.id, reason }
      entries += members.length
      seals += 1
      previous = seal
    }
  }
  const lost = await countLostEntries(db)
  return lost > 0n ? { kind: 'entries_lost', count: lost } : { kind: 'intact', seals, entries }
}

function faultOf(
  seal: SealRow,
  found: Readonly<{
    previous: SealRow | undefined
    members: readonly AuditRow[]
    keys: Pick<KeyRing, 'verify'>
  }>,
): string | undefined {
  if (seal.id !== (found.previous?.id ?? 0n) + 1n) return 'a seal is missing before this one'
  if (seal.previousDigest !== (found.previous?.digest ?? null))
    return 'names another seal before it'
  const content = sealContent({
    id: seal.id,
    previousDigest: seal.previousDigest,
    entryDigests: found.members.map(entryDigest),
  })
  if (digest(defaultDigest, content) !== seal.digest) return 'an entry was changed or removed'
  const signed = {
    purpose: 'audit',
    bytes: Buffer.from(content),
    signature: seal.signature,
  } as const
  return found.keys.verify(signed) ? undefined : 'the signature is not ours'
}

function entryDigest(row: AuditRow): string {
  return digest(
    defaultDigest,
    canonicalJson({
      id: row.id.toString(),
      recordedAt: row.recorded_at.toISOString(),
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      organizationId: row.organization_id,
      action: row.action,
      outcome: row.outcome,
      objectType: row.object_type,
      objectId: row.object_id,
      // The detail is whatever the verb found worth keeping, so its own text is what is sealed.
      detail: JSON.stringify(row.detail),
      requestId: row.request_id,
    }),
  )
}

function sealContent(
  content: Readonly<{ id: bigint; previousDigest: string | null; entryDigests: readonly string[] }>,
): string {
  return canonicalJson({ ...content, id: content.id.toString() })
}
