import { displayApiKey, hashApiKey, makeApiKey } from '#kernel/api-key-format.ts'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import {
  findSuccessor,
  insertApiKey,
  type KeyRow,
  lockKeyOfLine,
  lockKeyRow,
  standingOf,
  updateApiKeyOverlap,
} from './access-key.queries.ts'
import type { RotateApiKey, RotateApiKeyResult } from './contract.ts'
import { requireBuyer } from './require-buyer.ts'

const defaultOverlapSeconds = 86_400
const overlapSecondsMax = 30 * 86_400

/**
 * Makes a second key for the same binding, shown this once; the first works on until the overlap ends.
 * Both draw on the limits of the one subscription, and spend under one cap. With an overlap of 0 the first ends at once.
 *
 * @throws KEY_NOT_ACTIVE, KEY_BEING_ROTATED, BUYER_NOT_ACTIVE; NOT_FOUND for another's key
 */
export async function rotateApiKey(ctx: Context, input: RotateApiKey): Promise<RotateApiKeyResult> {
  requirePermission(ctx, 'api_key:rotate')
  const now = ctx.clock.now()
  const seconds = input.overlapSeconds ?? defaultOverlapSeconds
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > overlapSecondsMax)
    refuseValue('overlapSeconds', 'out_of_range')
  const overlapEndsAt = new Date(now.getTime() + seconds * 1_000)
  return change(ctx, async (tx) => {
    const first = await lockKeyOfLine(tx, input.keyId)
    requireOwn(ctx, first.buyer_id)
    await requireRotatable(tx, first, now)
    const id = newId('key', ctx.clock)
    const key = makeApiKey(first.mode)
    const { prefix, lastFour } = displayApiKey(key)
    // Whatever the first key may do, its successor may: every column that is not the key's own is copied.
    await insertApiKey(tx, {
      ...first,
      id,
      prefix,
      last_four: lastFour,
      secret_digest: hashApiKey(key),
      rotates_key_id: first.id,
      spend_key_id: first.spend_key_id ?? first.id,
      overlap_ends_at: null,
      created_by: actorId(ctx.actor),
      created_at: now,
    })
    await updateApiKeyOverlap(tx, { id: input.keyId, endsAt: overlapEndsAt })
    await audit(tx, ctx, {
      action: 'api_key:rotate',
      objectType: 'api_key',
      objectId: input.keyId,
      detail: { successor: id, prefix, overlapEndsAt: overlapEndsAt.toISOString() },
    })
    return { kind: 'rotated', keyId: id, key, overlapEndsAt }
  })
}

async function requireRotatable(tx: Tx, key: KeyRow, now: Date): Promise<void> {
  await requireBuyer(tx, { buyerId: key.buyer_id as Id<'org'>, mode: key.mode })
  const standing = standingOf(key, now)
  if (standing !== 'active' && standing !== 'retiring')
    throw new DomainError('KEY_NOT_ACTIVE', { standing })
  const isRetiring = standing === 'retiring' && (await findSuccessor(tx, key.id)) !== undefined
  if (isRetiring || (await isSuccessorOfValid(tx, key, now)))
    throw new DomainError('KEY_BEING_ROTATED')
}

/** The second key of a pair waits until the first has ended: there are never three. */
async function isSuccessorOfValid(tx: Tx, key: KeyRow, now: Date): Promise<boolean> {
  if (key.rotates_key_id === null) return false
  const first = await lockKeyRow(tx, key.rotates_key_id as Id<'key'>)
  return first.revoked_at === null && first.overlap_ends_at !== null && first.overlap_ends_at > now
}
