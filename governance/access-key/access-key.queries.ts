import type { Insertable, Selectable } from 'kysely'
import type { KeyScope } from '#kernel/context.ts'
import type { Database, Tx } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { type Money, moneyFromFen } from '#kernel/money.ts'
import type { GovernanceApiKeyTable } from '#migrations/tables.ts'
import { found } from '#governance/own.ts'
import type { ApiKeyView } from './contract.ts'
import { type KeyStanding, keyStanding } from './key-standing.ts'

export async function insertApiKey(tx: Tx, row: Insertable<GovernanceApiKeyTable>): Promise<void> {
  await tx.insertInto('governance.api_key').values(row).execute()
}

export async function updateApiKeyRevoked(
  tx: Tx,
  change: Readonly<{ id: Id<'key'>; by: string; at: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.api_key')
    .set({ revoked_by: change.by, revoked_at: change.at })
    .where('id', '=', change.id)
    .execute()
}

export type KeyRow = Selectable<GovernanceApiKeyTable>

export function standingOf(
  row: Pick<KeyRow, 'revoked_at' | 'suspended_at' | 'expires_at' | 'overlap_ends_at'>,
  at: Date,
): KeyStanding {
  return keyStanding(
    {
      revokedAt: row.revoked_at,
      suspendedAt: row.suspended_at,
      expiresAt: row.expires_at,
      overlapEndsAt: row.overlap_ends_at,
    },
    at,
  )
}

/** Every column, because a successor takes all that are not the key's own. */
export async function lockKeyRow(tx: Tx, id: Id<'key'>): Promise<KeyRow> {
  return found(
    await tx
      .selectFrom('governance.api_key')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
}

/**
 * A key of those that follow each other, with the first of them locked before it. A cap takes them from the first
 * to the last, a rotation from the last backwards: without one to begin with they would wait for each other.
 */
export async function lockKeyOfLine(tx: Tx, id: Id<'key'>): Promise<KeyRow> {
  const row = await tx
    .selectFrom('governance.api_key')
    .select((eb) => eb.fn.coalesce('spend_key_id', 'id').as('first_id'))
    .where('id', '=', id)
    .executeTakeFirst()
  const firstId = found(row).first_id as Id<'key'>
  const first = await lockKeyRow(tx, firstId)
  return firstId === id ? first : lockKeyRow(tx, id)
}

/** The key that follows this one and has not been revoked. */
export async function findSuccessor(db: Database, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('governance.api_key')
    .select('id')
    .where('rotates_key_id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row?.id
}

/** The subscription a key is bound to; null for one bound to none, NOT_FOUND for no key. */
export async function findKeySubscription(db: Database, id: Id<'key'>): Promise<Id<'sub'> | null> {
  const row = await db
    .selectFrom('governance.api_key')
    .select('subscription_id')
    .where('id', '=', id)
    .executeTakeFirst()
  return found(row).subscription_id as Id<'sub'> | null
}

export async function updateApiKeyOverlap(
  tx: Tx,
  change: Readonly<{ id: Id<'key'>; endsAt: Date }>,
): Promise<void> {
  await tx
    .updateTable('governance.api_key')
    .set({ overlap_ends_at: change.endsAt })
    .where('id', '=', change.id)
    .execute()
}

/** Of a key and all that follow each other with it. */
export async function updateApiKeySpendMax(
  tx: Tx,
  change: Readonly<{ spendKeyId: string; spendMaxFen: Money | null }>,
): Promise<void> {
  await tx
    .updateTable('governance.api_key')
    .set({ monthly_spend_max_fen: change.spendMaxFen })
    .where((eb) =>
      eb.or([eb('id', '=', change.spendKeyId), eb('spend_key_id', '=', change.spendKeyId)]),
    )
    .execute()
}

export async function updateApiKeySuspended(
  tx: Tx,
  change: Readonly<{ id: Id<'key'>; suspended: Readonly<{ by: string; at: Date }> | null }>,
): Promise<void> {
  await tx
    .updateTable('governance.api_key')
    .set({
      suspended_by: change.suspended?.by ?? null,
      suspended_at: change.suspended?.at ?? null,
    })
    .where('id', '=', change.id)
    .execute()
}

export async function selectApiKeys(
  db: Database,
  filter: Readonly<{ buyerId: Id<'org'>; before: string | undefined; limit: number; at: Date }>,
): Promise<ApiKeyView[]> {
  let query = db
    .selectFrom('governance.api_key')
    .select(['id', 'buyer_id', 'mode', 'scopes', 'subscription_id', 'name', 'prefix'])
    .select(['last_four', 'networks', 'expires_at', 'created_at', 'revoked_at'])
    .select(['suspended_at', 'rotates_key_id', 'overlap_ends_at'])
    .select(['spend_key_id', 'monthly_spend_max_fen'])
    .where('buyer_id', '=', filter.buyerId)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute()
  return rows.map((row) => ({
    id: row.id as Id<'key'>,
    buyerId: row.buyer_id as Id<'org'>,
    mode: row.mode,
    scopes: row.scopes as KeyScope[],
    subscriptionId: row.subscription_id as Id<'sub'> | null,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.last_four,
    networks: row.networks,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    suspendedAt: row.suspended_at,
    rotatesKeyId: row.rotates_key_id as Id<'key'> | null,
    overlapEndsAt: row.overlap_ends_at,
    spendKeyId: (row.spend_key_id ?? row.id) as Id<'key'>,
    monthlySpendMaxFen:
      row.monthly_spend_max_fen === null ? null : moneyFromFen(row.monthly_spend_max_fen),
    standing: standingOf(row, filter.at),
  }))
}
