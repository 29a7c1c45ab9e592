import { z } from 'zod'
import type { Database, Tx } from '#kernel/database.ts'
import type { RollUpProof } from '#metering/watermark.queries.ts'

/** A proof as it was kept: what was compared, when and by whom, and what differed. */
export type KeptProof = RollUpProof &
  Readonly<{ from: Date; to: Date; provedAt: Date; provedBy: string }>

const hours = z.array(z.object({ buyerId: z.string(), hour: z.string() }))

export async function insertProof(tx: Tx, proof: KeptProof): Promise<void> {
  await tx
    .insertInto('metering.roll_up_proof')
    .values({
      from_at: proof.from,
      to_at: proof.to,
      proved_at: proof.provedAt,
      proved_by: proof.provedBy,
      events: proof.events,
      holds: proof.holds,
      hours_that_differ: JSON.stringify(proof.hoursThatDiffer),
    })
    .execute()
}

export async function listProofs(db: Database, limit: number): Promise<KeptProof[]> {
  const rows = await db
    .selectFrom('metering.roll_up_proof')
    .select(['from_at', 'to_at', 'proved_at', 'proved_by', 'events', 'holds', 'hours_that_differ'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    from: row.from_at,
    to: row.to_at,
    provedAt: row.proved_at,
    provedBy: row.proved_by,
    events: row.events,
    holds: row.holds,
    hoursThatDiffer: hours.parse(row.hours_that_differ),
  }))
}
