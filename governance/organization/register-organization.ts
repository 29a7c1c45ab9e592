import { audit } from '#kernel/audit.ts'
import type { Context } from '#kernel/context.ts'
import { parseCreditCode } from '#kernel/credit-code.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { can, requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { RegisterOrganization, RegisterOrganizationResult } from './contract.ts'
import { getOrganizationByCode, insertOrganization } from './organization.queries.ts'

/**
 * Registers an organization under its credit code (R5). Bureaus and providers are active at once;
 * operators and buyers become so by agreement. The city has one body of each supervising kind (R3).
 *
 * @throws INVALID_CREDIT_CODE, SINGLE_BODY_EXISTS, CREDIT_CODE_TAKEN (another name or kind holds it)
 */
export async function registerOrganization(
  ctx: Context,
  input: RegisterOrganization,
): Promise<RegisterOrganizationResult> {
  const isBuyerDoor = input.kind === 'buyer' && can(ctx.actor, 'organization:register_buyer')
  requirePermission(ctx, isBuyerDoor ? 'organization:register_buyer' : 'organization:register')
  const creditCode = parseCreditCode(input.creditCode)
  if (input.name.trim() === '') refuseValue('name', 'required')
  return change(ctx, async (tx) => {
    const id = newId('org', ctx.clock)
    const inserted = await insertOrganization(tx, {
      id,
      kind: input.kind,
      name: input.name.trim(),
      name_en: input.nameEn ?? null,
      credit_code: creditCode,
      status: input.kind === 'operator' || input.kind === 'buyer' ? 'registered' : 'active',
      contact_name: input.contactName ?? null,
      contact_phone: input.contactPhone ?? null,
      address: input.address ?? null,
      is_sample: input.isSample ?? false,
      registered_at: ctx.clock.now(),
    })
    if (inserted === undefined) return knownOrganization(tx, { ...input, creditCode })
    await audit(tx, ctx, {
      action: 'organization:register',
      objectType: 'organization',
      objectId: id,
      detail: { kind: input.kind, creditCode },
    })
    return { kind: 'registered', organizationId: id }
  })
}

async function knownOrganization(
  tx: Tx,
  input: RegisterOrganization,
): Promise<RegisterOrganizationResult> {
  const known = await getOrganizationByCode(tx, input.creditCode)
  if (known.kind !== input.kind || known.name !== input.name.trim())
    throw new DomainError('CREDIT_CODE_TAKEN', { creditCode: input.creditCode })
  return { kind: 'already_registered', organizationId: known.id }
}
