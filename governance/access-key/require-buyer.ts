import type { ApiKeyMode } from '#kernel/api-key-format.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { findOrganization } from '#governance/organization/organization.queries.ts'
import { found } from '#governance/own.ts'

/**
 * Who may hold a key of a mode: live ones an active buyer, sandbox ones any registered organization (R35).
 *
 * @throws BUYER_NOT_ACTIVE, BUYER_SUSPENDED
 */
export async function requireBuyer(
  tx: Tx,
  of: Readonly<{ buyerId: Id<'org'>; mode: ApiKeyMode }>,
): Promise<void> {
  const { status } = found(await findOrganization(tx, of.buyerId))
  if (status === 'suspended') throw new DomainError('BUYER_SUSPENDED')
  const isAllowed = status === 'active' || (of.mode === 'sandbox' && status === 'registered')
  if (!isAllowed) throw new DomainError('BUYER_NOT_ACTIVE', { status })
}
