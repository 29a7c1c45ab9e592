import type { Insertable } from 'kysely'
import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import type { GovernanceResourceTable } from '#migrations/tables.ts'
import { findOrganization } from '#governance/organization/organization.queries.ts'
import { found, isOfKind, requireOwn } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { ProposeResource, ProposeResourceResult } from './contract.ts'
import { getResourceByCode, insertResource } from './resource.queries.ts'

/**
 * Proposes a data resource for the catalogue (R13, R15, R22): by its provider, or by the data bureau
 * for one. Its class and level come with the provider's opinion.
 *
 * @throws VALIDATION_FAILED for a public utility without legal basis (R20) or an unknown field;
 * CONFLICT where another provider's resource has the code
 */
export async function proposeResource(
  ctx: Context,
  input: ProposeResource,
): Promise<ProposeResourceResult> {
  requirePermission(ctx, 'resource:propose')
  if (isOfKind(ctx, 'provider')) requireOwn(ctx, input.providerId)
  checkResource(input)
  return change(ctx, async (tx) => {
    const provider = found(await findOrganization(tx, input.providerId))
    if (provider.kind !== 'provider') refuseValue('providerId', 'not_a_provider')
    const id = newId('resource', ctx.clock)
    const inserted = await insertResource(tx, {
      ...rowOf(input),
      id,
      recorded_by: actorId(ctx.actor),
      recorded_at: ctx.clock.now(),
    })
    if (inserted === undefined) {
      const known = await getResourceByCode(tx, input.code)
      if (known.providerId !== input.providerId || known.name !== input.name)
        throw new DomainError('CONFLICT', { code: input.code })
      return { kind: 'already_proposed', resourceId: known.id }
    }
    await audit(tx, ctx, {
      action: 'resource:propose',
      objectType: 'resource',
      objectId: id,
      detail: { code: input.code, providerId: input.providerId },
    })
    return { kind: 'proposed', resourceId: id }
  })
}

function checkResource(input: ProposeResource): void {
  for (const field of ['code', 'name', 'abstract', 'format'] as const)
    if (input[field].trim() === '') refuseValue(field, 'required')
  if (input.sourceKind === 'public_utility' && !input.legalBasis?.trim())
    refuseValue('legalBasis', 'required')
  if (input.items.length === 0) refuseValue('items', 'required')
  if (input.containsSensitivePersonalInformation && !input.containsPersonalInformation)
    refuseValue('containsPersonalInformation', 'sensitive_is_personal')
}

function rowOf(
  input: ProposeResource,
): Omit<Insertable<GovernanceResourceTable>, 'id' | 'recorded_by' | 'recorded_at'> {
  return {
    code: input.code,
    name: input.name,
    provider_id: input.providerId,
    source_kind: input.sourceKind,
    legal_basis: input.legalBasis ?? null,
    field_code: input.fieldCode,
    abstract: input.abstract,
    format: input.format,
    items: JSON.stringify(input.items),
    sharing: input.sharing,
    opening: input.opening,
    update_frequency: input.updateFrequency,
    related_code: input.relatedCode ?? null,
    contains_personal_information: input.containsPersonalInformation,
    contains_sensitive_personal_information: input.containsSensitivePersonalInformation,
    important_data_approval_document_id: input.importantDataApprovalDocumentId ?? null,
    status: 'proposed',
  }
}
