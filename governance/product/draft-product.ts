import { audit } from '#kernel/audit.ts'
import { actorId, type Context } from '#kernel/context.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { requireActiveOperator } from '#governance/operator/operator.queries.ts'
import { ownOrganization } from '#governance/own.ts'
import { change } from '#governance/refusals.ts'
import type { DraftProduct, DraftProductResult } from './contract.ts'
import { getProduct, insertProduct } from './product.queries.ts'

const codeForm = /^[a-z][a-z0-9-]{2,62}$/

/**
 * Opens a product: its name, kind and code, which stands in addresses and never changes. What it
 * gives is said by its versions.
 *
 * @throws OPERATOR_NOT_ACTIVE; CONFLICT where another operator or kind has the code
 */
export async function draftProduct(ctx: Context, input: DraftProduct): Promise<DraftProductResult> {
  requirePermission(ctx, 'product:draft')
  const operatorId = ownOrganization(ctx)
  const now = ctx.clock.now()
  if (!codeForm.test(input.code)) refuseValue('code', 'not_a_product_code')
  for (const field of ['name', 'nameEn', 'summary', 'summaryEn'] as const)
    if (input[field].trim() === '') refuseValue(field, 'required')
  return change(ctx, async (tx) => {
    await requireActiveOperator(tx, { operatorId, at: now })
    const id = newId('product', ctx.clock)
    const inserted = await insertProduct(tx, {
      id,
      code: input.code,
      name: input.name,
      name_en: input.nameEn,
      kind: input.kind,
      operator_id: operatorId,
      field_code: input.fieldCode,
      summary: input.summary,
      summary_en: input.summaryEn,
      is_sample: input.isSample ?? false,
      recorded_by: actorId(ctx.actor),
      recorded_at: now,
    })
    if (inserted === undefined) {
      const known = await getProduct(tx, { code: input.code })
      if (known.operatorId !== operatorId || known.kind !== input.kind)
        throw new DomainError('CONFLICT', { code: input.code })
      return { kind: 'already_drafted', productId: known.id }
    }
    await audit(tx, ctx, {
      action: 'product:draft',
      objectType: 'product',
      objectId: id,
      detail: { code: input.code, kind: input.kind },
    })
    return { kind: 'drafted', productId: id }
  })
}
