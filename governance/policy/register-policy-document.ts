import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { parseDigest } from '#kernel/crypto/digest.ts'
import type { Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { parseDay } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { change } from '#governance/refusals.ts'
import type { RegisterPolicyDocument, RegisterPolicyDocumentResult } from './contract.ts'
import { getPolicyDocumentByNumber, insertPolicyDocument } from './policy-document.queries.ts'

/**
 * Registers the paper a rule stands on (R1). A document never changes; its number is unique with its
 * issuer, and registering the same file again is a result.
 *
 * @throws VALIDATION_FAILED for days or a digest that are none; CONFLICT for another file of this number
 */
export async function registerPolicyDocument(
  ctx: Context,
  input: RegisterPolicyDocument,
): Promise<RegisterPolicyDocumentResult> {
  requirePermission(ctx, 'policy_document:register')
  checkDocument(input)
  return change(ctx, async (tx) => {
    const id = newId('policy', ctx.clock)
    const inserted = await insertPolicyDocument(tx, {
      id,
      title: input.title,
      number: input.number,
      issuer: input.issuer,
      issued_on: input.issuedOn,
      valid_from: input.validFrom,
      valid_to: input.validTo,
      file_name: input.fileName,
      file_digest: input.fileDigest,
      note: input.note ?? '',
      is_sample: input.isSample ?? false,
      registered_by: actorId(ctx.actor),
      registered_at: ctx.clock.now(),
    })
    if (inserted === undefined) return knownDocument(tx, input)
    await audit(tx, ctx, {
      action: 'policy_document:register',
      objectType: 'policy_document',
      objectId: id,
      detail: { number: input.number, issuer: input.issuer, fileDigest: input.fileDigest },
    })
    return { kind: 'registered', documentId: id }
  })
}

function checkDocument(input: RegisterPolicyDocument): void {
  for (const field of ['title', 'number', 'issuer', 'fileName'] as const)
    if (input[field].trim() === '') refuseValue(field, 'required')
  parseDay(input.issuedOn, 'issuedOn')
  parseDay(input.validFrom, 'validFrom')
  if (input.validTo !== null && parseDay(input.validTo, 'validTo') < input.validFrom)
    refuseValue('validTo', 'before_valid_from')
  parseDigest(input.fileDigest, 'fileDigest')
}

async function knownDocument(
  tx: Tx,
  input: RegisterPolicyDocument,
): Promise<RegisterPolicyDocumentResult> {
  const known = await getPolicyDocumentByNumber(tx, input)
  if (known.fileDigest !== input.fileDigest)
    throw new DomainError('CONFLICT', { reason: 'another_file', number: input.number })
  return { kind: 'already_registered', documentId: known.id }
}
