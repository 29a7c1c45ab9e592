import { audit } from '#kernel/audit.ts'
import { canonicalDigest } from '#kernel/canonical-json.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, invariant, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { suspendUnsupported } from '#governance/product/suspend-unsupported.ts'
import { change } from '#governance/refusals.ts'
import { findLatestCatalogue, insertCatalogue, listCatalogueItems } from './catalogue.queries.ts'
import { compareCatalogues, isEmptyDifference } from './compare-catalogues.ts'
import type {
  CatalogueItem,
  CatalogueVersion,
  PublishCatalogue,
  PublishCatalogueResult,
} from './contract.ts'
import { lockResources, type ResourceRecord, updateResourcesStatus } from './resource.queries.ts'

/**
 * Publishes the next version of the operating catalogue: immutable, numbered, with what it adds,
 * changes and removes (R14–R16). Products made of a removed resource are suspended with it.
 *
 * @throws RESOURCE_NOT_PUBLISHABLE naming each resource and why: no opinion, no class or level, core
 * data, important data without approval, opening prohibited; CONFLICT where two publish at once
 */
export async function publishCatalogue(
  ctx: Context,
  input: PublishCatalogue,
): Promise<PublishCatalogueResult> {
  requirePermission(ctx, 'catalogue:publish')
  if (input.resourceIds.length === 0) refuseValue('resourceIds', 'required')
  return change(ctx, async (tx) => {
    const resources = await lockResources(tx, input.resourceIds)
    refuseUnpublishable(resources)
    const items = resources.map(itemOf)
    const latest = await findLatestCatalogue(tx)
    const before = latest ? await listCatalogueItems(tx, latest.id) : []
    const difference = compareCatalogues(before, items)
    if (latest && isEmptyDifference(difference)) {
      await restore(tx, resources)
      return { kind: 'unchanged', catalogueId: latest.id, version: latest.version }
    }
    const catalogue = { id: newId('catalogue', ctx.clock), version: nextVersion(latest) }
    await insertCatalogue(
      tx,
      {
        ...catalogue,
        note: input.note,
        difference: JSON.stringify(difference),
        digest: canonicalDigest(items),
        published_by: actorId(ctx.actor),
        published_at: ctx.clock.now(),
      },
      items,
    )
    await restore(tx, resources)
    await withdrawRemoved(tx, ctx, { before, after: items })
    await audit(tx, ctx, {
      action: 'catalogue:publish',
      objectType: 'catalogue',
      objectId: catalogue.id,
      detail: { version: catalogue.version, items: items.length },
    })
    const { id, version } = catalogue
    return { kind: 'published', catalogueId: id, version, difference }
  })
}

/** Why a resource may not stand in the catalogue; nothing if it may. Pure. */
export function whyNotPublishable(
  resource: Pick<
    ResourceRecord,
    | 'status'
    | 'opening'
    | 'nationalClass'
    | 'level'
    | 'providerOpinedAt'
    | 'importantDataApprovalDocumentId'
  >,
): string[] {
  const reasons: string[] = []
  if (resource.status === 'proposed' || resource.providerOpinedAt === null)
    reasons.push('provider_opinion_missing')
  if (resource.nationalClass === null || resource.level === null)
    reasons.push('class_or_level_missing')
  if (resource.opening === 'prohibited') reasons.push('opening_prohibited')
  if (resource.nationalClass === 'core') reasons.push('core_data')
  if (resource.nationalClass === 'important' && resource.importantDataApprovalDocumentId === null)
    reasons.push('important_data_without_approval')
  return reasons
}

function refuseUnpublishable(resources: readonly ResourceRecord[]): void {
  const refused = resources
    .map((each) => ({ code: each.code, reasons: whyNotPublishable(each) }))
    .filter((each) => each.reasons.length > 0)
  if (refused.length > 0) throw new DomainError('RESOURCE_NOT_PUBLISHABLE', { resources: refused })
}

function nextVersion(latest: CatalogueVersion | undefined): number {
  return (latest?.version ?? 0) + 1
}

async function restore(tx: Tx, resources: readonly ResourceRecord[]): Promise<void> {
  await updateResourcesStatus(tx, { ids: resources.map((each) => each.id), status: 'published' })
}

async function withdrawRemoved(
  tx: Tx,
  ctx: Context,
  versions: Readonly<{ before: readonly CatalogueItem[]; after: readonly CatalogueItem[] }>,
): Promise<void> {
  const kept = new Set(versions.after.map((item) => item.resourceId))
  const ids = versions.before.map((item) => item.resourceId).filter((id) => !kept.has(id))
  if (ids.length === 0) return
  await updateResourcesStatus(tx, { ids, status: 'withdrawn' })
  await suspendUnsupported(tx, ctx, '数据资源移出运营目录')
}

function itemOf(resource: ResourceRecord): CatalogueItem {
  const { nationalClass, level } = resource
  invariant(nationalClass !== null && level !== null, 'a publishable resource has class and level')
  return {
    resourceId: resource.id,
    code: resource.code,
    name: resource.name,
    providerCode: resource.providerCode,
    providerName: resource.providerName,
    sourceKind: resource.sourceKind,
    fieldCode: resource.fieldCode,
    abstract: resource.abstract,
    format: resource.format,
    items: resource.items,
    sharing: resource.sharing,
    opening: resource.opening,
    updateFrequency: resource.updateFrequency,
    relatedCode: resource.relatedCode,
    nationalClass,
    level,
    containsPersonalInformation: resource.containsPersonalInformation,
    containsSensitivePersonalInformation: resource.containsSensitivePersonalInformation,
  }
}
