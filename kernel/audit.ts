import { actorId, actorOrganization, type Context } from './context.ts'
import type { Database, Tx } from './database.ts'

export type AuditEntry = Readonly<{
  /** An action of the permission matrix or a plain name such as `session:opened`. */
  action: string
  objectType: string
  objectId: string
  /** Facts an auditor needs to understand the change; never a secret, never a personal identifier. */
  detail?: Readonly<Record<string, unknown>>
}>

/** Writes who did what to which object, in the transaction that does it (R92). */
export async function audit(
  tx: Tx,
  ctx: Pick<Context, 'actor' | 'clock' | 'requestId'>,
  entry: AuditEntry,
): Promise<void> {
  await insertAuditEntry(tx, ctx, entry, 'done')
}

/** A refused attempt is worth a row too (R3); it stands alone, for the verb's transaction was never opened. */
export async function auditRefusal(ctx: Context, entry: AuditEntry): Promise<void> {
  await insertAuditEntry(ctx.db, ctx, entry, 'refused')
}

async function insertAuditEntry(
  db: Database | Tx,
  ctx: Pick<Context, 'actor' | 'clock' | 'requestId'>,
  entry: AuditEntry,
  outcome: 'done' | 'refused',
): Promise<void> {
  await db
    .insertInto('kernel.audit_entry')
    .values({
      recorded_at: ctx.clock.now(),
      actor_kind: ctx.actor.kind,
      actor_id: actorId(ctx.actor),
      organization_id: actorOrganization(ctx.actor) ?? null,
      action: entry.action,
      outcome,
      object_type: entry.objectType,
      object_id: entry.objectId,
      detail: JSON.stringify(entry.detail ?? {}, (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
      request_id: ctx.requestId,
    })
    .execute()
}
