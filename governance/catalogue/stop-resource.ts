import type { Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import {
  getProductName,
  listConcernedByProducts,
  listProductsOfResource,
  listSuspendedWithResource,
} from '#governance/incident/concerned.queries.ts'
import type { IncidentLevel, StopAtOnceResult } from '#governance/incident/contract.ts'
import type { IncidentRecord } from '#governance/incident/incident.queries.ts'
import { liftStop } from '#governance/incident/lift-stop.ts'
import { openIncident } from '#governance/incident/open-incident.ts'
import { type EntryWords, writeEntries } from '#governance/incident/write-entries.ts'
import { moveVersion } from '#governance/product/move-version.ts'
import { lockVersion } from '#governance/product/product.queries.ts'
import { requireSound } from '#governance/product/suspend-version.ts'
import { suspendUnsupported } from '#governance/product/suspend-unsupported.ts'
import { lockResource, type ResourceRecord } from './resource.queries.ts'

/** Stops a resource for a time: every product made of it is suspended in the same transaction. */
export async function stopResource(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ resourceId: Id<'resource'>; reason: string; level: IncidentLevel }>,
): Promise<StopAtOnceResult> {
  const resource = await lockResource(tx, step.resourceId)
  const result = await recordResourceStop(tx, ctx, { ...step, resource })
  if (result.kind === 'stopped')
    await suspendUnsupported(tx, ctx, `数据资源暂停使用：${step.reason}`)
  return result
}

/** The incident of a resource that may not be used, naming the products that fall with it. */
export async function recordResourceStop(
  tx: Tx,
  ctx: Context,
  step: Readonly<{
    resource: ResourceRecord
    reason: string
    level?: IncidentLevel
    openedAt?: Date
  }>,
): Promise<StopAtOnceResult> {
  const { resource, reason, level = 'general', openedAt } = step
  const products = await listProductsOfResource(tx, resource.id)
  const ids = products.map((product) => product.id)
  return openIncident(tx, ctx, {
    object: { kind: 'resource', id: resource.id, name: resource.name },
    reason,
    level,
    ...(openedAt && { openedAt }),
    concerned: [resource.providerId, ...(await listConcernedByProducts(tx, ids))],
    consequences: products.map(({ name }) => ({ kind: 'suspended', words: name })),
  })
}

/**
 * Lets a resource be used again, and with it each product its stop had suspended for which all else
 * still holds; the others stay suspended and are named.
 *
 * @throws RESOURCE_PROHIBITED while its opening attribute forbids it
 */
export async function resumeResource(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ incident: IncidentRecord; reason: string }>,
): Promise<string[]> {
  const { incident, reason } = step
  const resource = await lockResource(tx, incident.objectId as Id<'resource'>)
  if (resource.opening === 'prohibited') throw new DomainError('RESOURCE_PROHIBITED')
  await liftStop(tx, ctx, incident, [{ kind: 'resumed', words: reason }])
  const ids = await listSuspendedWithResource(tx, {
    resourceId: resource.id,
    since: incident.openedAt,
  })
  const still: string[] = []
  for (const id of ids) {
    const entry = await resumeWithResource(tx, ctx, { id: id as Id<'pver'>, reason })
    await writeEntries(tx, ctx, incident.id, [entry])
    if (entry.kind === 'still_suspended') still.push(entry.words)
  }
  return still
}

async function resumeWithResource(
  tx: Tx,
  ctx: Context,
  step: Readonly<{ id: Id<'pver'>; reason: string }>,
): Promise<EntryWords> {
  const version = await lockVersion(tx, step.id)
  const name = await getProductName(tx, version.productId)
  try {
    // All of it reads; what is missing is a reason to leave the product suspended, not to fail.
    await requireSound(tx, ctx, version)
  } catch (error) {
    if (error instanceof DomainError)
      return { kind: 'still_suspended', words: `${name} (${error.code})` }
    throw error
  }
  await moveVersion(tx, ctx, { version, move: 'resume', reason: step.reason })
  return { kind: 'resumed', words: name }
}
