import { sql } from 'kysely'
import { z } from 'zod'
import { type Context, type OrganizationKind } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { closeOutbox, findAnnouncedAt } from '#kernel/outbox.ts'
import { isAnnouncedKind, type Recipient, recipients } from './recipients.ts'

export type DeliverNotice = Readonly<{
  /** What happened, as it was announced. */
  kind: string
  /** The job id of the outbox row: names the work, so delivering twice changes nothing. */
  source: string
  payload: Readonly<Record<string, string>>
}>

/**
 * Tells the organizations an announcement concerns, and closes its outbox row in the same transaction. What
 * happened, happened when it was announced, however late it is told.
 * Returns how many were told now; 0 when they were told before, and so the row was closed.
 */
export async function deliverNotice(ctx: Context, input: DeliverNotice): Promise<number> {
  invariant(isAnnouncedKind(input.kind), `nobody is named for the announcement ${input.kind}`)
  const to = recipients[input.kind]
  return inTransaction(ctx.db, async (tx) => {
    const occurredAt = await findAnnouncedAt(tx, input.source)
    if (occurredAt === undefined) return 0
    const organizations = await findRecipients(tx, to, input.payload)
    let told = 0
    for (const organizationId of organizations) {
      const inserted = await tx
        .insertInto('governance.notice')
        .values({
          id: newId('notice', ctx.clock),
          organization_id: organizationId,
          kind: input.kind,
          source: input.source,
          payload: JSON.stringify(input.payload),
          occurred_at: occurredAt,
          recorded_at: ctx.clock.now(),
        })
        .onConflict((conflict) => conflict.constraint('notice_once').doNothing())
        .returning('id')
        .executeTakeFirst()
      told += inserted ? 1 : 0
    }
    await closeOutbox(tx, ctx.clock, input.source)
    return told
  })
}

async function findConcerned(tx: Tx, incidentId: string): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('governance.incident_concerned')
    .select('organization_id')
    .where('incident_id', '=', incidentId)
    .execute()
  return rows.map((row) => row.organization_id)
}

async function findRecipients(
  tx: Tx,
  to: readonly Recipient[],
  payload: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const kinds: OrganizationKind[] = []
  const ids = new Set<string>()
  for (const recipient of to) {
    if (recipient.kind === 'body') kinds.push(recipient.organizationKind)
    else if (recipient.kind === 'named') ids.add(z.string().parse(payload[recipient.payloadKey]))
    else
      for (const id of await findConcerned(tx, z.string().parse(payload['incidentId']))) ids.add(id)
  }
  const bodies = await tx
    .selectFrom('governance.organization')
    .select('id')
    .where('kind', '=', sql<OrganizationKind>`any (${kinds})`)
    .execute()
  for (const { id } of bodies) ids.add(id)
  return [...ids]
}
