import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import type { Tx } from '#kernel/database.ts'
import { formatDecimal } from '#kernel/decimal.ts'
import { refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { requireOwn } from '#governance/own.ts'
import { getPolicyDocument } from '#governance/policy/policy-document.queries.ts'
import { change } from '#governance/refusals.ts'
import { checkContent, checkLineage, contentDigestOf } from './check-content.ts'
import type { ProductContent } from './content.ts'
import type { DraftProductVersion, DraftProductVersionResult } from './contract.ts'
import { getProduct, insertVersion, lockLatestVersion, lockVersion } from './product.queries.ts'
import { requireOwnScenarios, requireSupportedLineage } from './require-supported.ts'

/**
 * Writes the next version of a product: content, lineage and scenarios, once and for good. Any change
 * is another version, with a review and a filing of its own (R29–R31). A draft with the same content
 * as the newest one is that one.
 *
 * @throws VALIDATION_FAILED, NOT_AUTHORIZED_RESOURCE, RESOURCE_PROHIBITED, OPERATOR_NOT_ACTIVE
 */
export async function draftProductVersion(
  ctx: Context,
  input: DraftProductVersion,
): Promise<DraftProductVersionResult> {
  requirePermission(ctx, 'product:draft')
  const now = ctx.clock.now()
  checkLineage(input.lineage)
  const scenarioIds = [...new Set(input.scenarioIds)]
  if (scenarioIds.length === 0) refuseValue('scenarioIds', 'required')
  return change(ctx, async (tx) => {
    const product = await getProduct(tx, { id: input.productId })
    requireOwn(ctx, product.operatorId)
    await requireActiveOperator(tx, { operatorId: product.operatorId, at: now })
    const content = checkContent(product.kind, input)
    const contentDigest = contentDigestOf({ ...input, scenarioIds }, content)
    const latest = await lockLatestVersion(tx, product.id)
    if (latest?.status === 'draft' && latest.contentDigest === contentDigest) {
      const { id, number } = latest
      return { kind: 'already_drafted', productVersionId: id, number, contentDigest }
    }
    const number = (latest?.number ?? 0) + 1
    const draft = { content, contentDigest, number, scenarioIds }
    const id = await insertDraft(tx, ctx, input, draft)
    const version = await lockVersion(tx, id)
    await requireOwnScenarios(tx, version)
    await requireSupportedLineage(tx, version, now)
    await audit(tx, ctx, {
      action: 'product:draft',
      objectType: 'product_version',
      objectId: id,
      detail: { productId: product.id, number, contentDigest },
    })
    return { kind: 'drafted', productVersionId: id, number, contentDigest }
  })
}

async function insertDraft(
  tx: Tx,
  ctx: Context,
  input: DraftProductVersion,
  draft: Readonly<{
    content: ProductContent
    contentDigest: string
    number: number
    scenarioIds: readonly Id<'scenario'>[]
  }>,
): Promise<Id<'pver'>> {
  const id = newId('pver', ctx.clock)
  const now = ctx.clock.now()
  const waiver = input.registrationWaiverDocumentId ?? null
  if (waiver !== null) await getPolicyDocument(tx, waiver)
  await insertVersion(
    tx,
    {
      id,
      product_id: input.productId,
      number: draft.number,
      content: JSON.stringify(draft.content),
      content_digest: draft.contentDigest,
      contains_personal_information: input.containsPersonalInformation,
      registration_number: input.registrationNumber ?? null,
      registration_state: input.registrationNumber ? 'registered' : 'to_be_registered',
      registration_waiver_document_id: waiver,
      status: 'draft',
      status_changed_at: now,
      recorded_by: actorId(ctx.actor),
      recorded_at: now,
    },
    {
      lineage: input.lineage.map(({ resourceId, weight }) => ({
        resourceId,
        weight: formatDecimal(weight),
      })),
      scenarioIds: draft.scenarioIds,
    },
  )
  return id
}
