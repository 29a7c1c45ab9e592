import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ListProductVersion, ListProductVersionResult } from './contract.ts'
import { moveVersion } from './move-version.ts'
import { lockListedVersion, lockVersion, type VersionRecord } from './product.queries.ts'
import { requireApprovedScenarios, requireSupportedLineage } from './require-supported.ts'

/**
 * Puts a filed version on the market, in the place of the one before. "Listed" implies: review passed
 * and filing confirmed for this very content, scenarios approved, resources published and authorized
 * now, and a posted price where use can be charged (R23, R30). The database refuses the same by a
 * trigger.
 *
 * @throws NO_POSTED_PRICE, REGISTRATION_MISSING, SCENARIO_NOT_APPROVED, NOT_AUTHORIZED_RESOURCE,
 * RESOURCE_PROHIBITED, OPERATOR_NOT_ACTIVE, INVALID_TRANSITION
 */
export async function listProductVersion(
  ctx: Context,
  input: ListProductVersion,
): Promise<ListProductVersionResult> {
  requirePermission(ctx, 'product:list')
  const now = ctx.clock.now()
  return change(ctx, async (tx) => {
    const version = await lockVersion(tx, input.productVersionId)
    requireOwn(ctx, version.operatorId)
    await requireActiveOperator(tx, { operatorId: version.operatorId, at: now })
    if (version.status === 'listed') return { kind: 'already_listed', replacedVersionId: null }
    await requireApprovedScenarios(tx, version)
    await requireSupportedLineage(tx, version, now)
    requirePriced(version, input.pricing)
    const replacedVersionId = await replaceListed(tx, ctx, version)
    await moveVersion(tx, ctx, { version, move: 'list', reason: '' })
    return { kind: 'listed', replacedVersionId }
  })
}

function requirePriced(version: VersionRecord, pricing: ListProductVersion['pricing']): void {
  if (!pricing.chargeable) return
  if (!pricing.posted) throw new DomainError('NO_POSTED_PRICE')
  // R23: a paid product without registration number is listed only with the data bureau's waiver.
  if (version.registrationNumber === null && version.registrationWaiverDocumentId === null)
    throw new DomainError('REGISTRATION_MISSING')
}

async function replaceListed(
  tx: Tx,
  ctx: Context,
  version: VersionRecord,
): Promise<Id<'pver'> | null> {
  const before = await lockListedVersion(tx, version.productId)
  if (before === undefined) return null
  const reason = `replaced by version ${version.number}`
  await moveVersion(tx, ctx, { version: before, move: 'delist', reason })
  return before.id
}
