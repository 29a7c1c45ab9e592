import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { inTransaction } from '#kernel/database.ts'
import { closeOutbox } from '#kernel/outbox.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { proveRollUps } from '#metering/watermark.queries.ts'
import { insertProof, type KeptProof } from './roll-up-proof.queries.ts'

/**
 * Compares the roll-ups of [from, to) with the events, as corrected, and keeps the result, whatever it is.
 * `closes` names the piece of work it was asked by. Errors: FORBIDDEN.
 */
export async function keepRollUpProof(
  ctx: Context,
  input: Readonly<{ from: Date; to: Date; closes: string }>,
): Promise<KeptProof> {
  requirePermission(ctx, 'roll_up:prove')
  const { from, to } = input
  return inTransaction(ctx.db, async (tx) => {
    const proof = {
      ...(await proveRollUps(tx, { from, to })),
      from,
      to,
      provedAt: ctx.clock.now(),
      provedBy: actorId(ctx.actor),
    }
    await insertProof(tx, proof)
    await closeOutbox(tx, ctx.clock, input.closes)
    await audit(tx, ctx, {
      action: 'roll_up:prove',
      objectType: 'roll_up_proof',
      objectId: input.closes,
      detail: { from, to, events: proof.events, holds: proof.holds },
    })
    return proof
  })
}
