import { audit } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import { inTransaction, type Tx } from '#kernel/database.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { addYears, dayOf, startOfDay, yearOfMonth, monthOf } from '#kernel/period.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { nextDocumentNumber } from '#kernel/sequences.ts'
import {
  checkPriceListContent,
  formatPriceListContent,
  type PriceItemDraft,
  type PriceListKind,
} from './price-list.ts'

export type DraftPriceList = Readonly<{
  operatorId: Id<'org'>
  kind: PriceListKind
  title: string
  documentId: Id<'policy'>
  effectiveFrom: Date
  effectiveTo?: Date | null
  isSample?: boolean
  items: readonly PriceItemDraft[]
}>
export type DraftPriceListResult = Readonly<{
  kind: 'drafted'
  priceListId: Id<'plist'>
  number: string
}>

/**
 * Writes down a trial or cap list (收费标准) with the ceiling of each item, tax included. It needs its
 * approval document (R1: APPROVAL_DOCUMENT_MISSING); a trial list is refused once the operator has a
 * complete year of operation (R49: TRIAL_PERIOD_OVER). It holds only when approved.
 */
export async function draftPriceList(
  ctx: Context,
  input: DraftPriceList,
): Promise<DraftPriceListResult> {
  requirePermission(ctx, 'price_list:draft')
  refuseOtherOperator(ctx, input.operatorId)
  const now = ctx.clock.now()
  const effectiveTo = input.effectiveTo ?? null
  if (input.title.trim() === '') refuseValue('title', 'empty')
  if (effectiveTo !== null && effectiveTo <= input.effectiveFrom)
    refuseValue('effectiveTo', 'not_after_the_start')
  checkPriceListContent(input.items)
  return inTransaction(ctx.db, async (tx) => {
    await requireDocument(tx, input.documentId)
    await requireProductsOf(tx, input)
    if (input.kind === 'trial') await refuseTrialAfterFirstYear(tx, input)
    const priceListId = newId('plist', ctx.clock)
    const number = await nextDocumentNumber(tx, {
      prefix: 'SFBZ',
      year: yearOfMonth(monthOf(now)),
    })
    await tx
      .insertInto('billing.price_list')
      .values({
        id: priceListId,
        number,
        title: input.title,
        kind: input.kind,
        operator_id: input.operatorId,
        document_id: input.documentId,
        status: 'draft',
        effective_from: input.effectiveFrom,
        effective_to: effectiveTo,
        is_sample: input.isSample ?? false,
        made_by: actorId(ctx.actor),
        made_at: now,
        content: JSON.stringify(formatPriceListContent(input.items)),
      })
      .execute()
    await audit(tx, ctx, {
      action: 'price_list:draft',
      objectType: 'price_list',
      objectId: priceListId,
      detail: { number, kind: input.kind, items: input.items.length },
    })
    return { kind: 'drafted', priceListId, number }
  })
}

/** A person of an operator acts for its own operator only; bureaus for any. */
function refuseOtherOperator(ctx: Context, operatorId: Id<'org'>): void {
  const actor = ctx.actor
  if (actor.kind === 'person' && actor.organizationKind !== 'operator') return
  if (actorOrganization(actor) !== operatorId) throw new DomainError('NOT_FOUND')
}

async function requireDocument(tx: Tx, documentId: string): Promise<void> {
  const row = await tx
    .selectFrom('governance.policy_document')
    .select('id')
    .where('id', '=', documentId)
    .executeTakeFirst()
  if (row === undefined) throw new DomainError('APPROVAL_DOCUMENT_MISSING')
}

async function requireProductsOf(tx: Tx, input: DraftPriceList): Promise<void> {
  const rows = await tx
    .selectFrom('governance.product')
    .select('id')
    .where('operator_id', '=', input.operatorId)
    .where('id', 'in', [...new Set<string>(input.items.map((item) => item.productId))])
    .execute()
  const known = new Set(rows.map((row) => row.id))
  input.items.forEach((item, index) => {
    if (!known.has(item.productId)) refuseValue(`items.${index}.productId`, 'unknown_product')
  })
}

async function refuseTrialAfterFirstYear(tx: Tx, input: DraftPriceList): Promise<void> {
  const endsAt = await trialEndsAt(tx, input.operatorId)
  if (endsAt !== null && input.effectiveFrom >= endsAt)
    throw new DomainError('TRIAL_PERIOD_OVER', { since: dayOf(endsAt) })
}

/** When the operator's first complete year of operation has passed; null while it operates under no agreement. */
export async function trialEndsAt(db: Context['db'], operatorId: string): Promise<Date | null> {
  const agreement = await db
    .selectFrom('governance.agreement')
    .select('starts_on')
    .where('operator_id', '=', operatorId)
    .where('status', '<>', 'draft')
    .orderBy('starts_on')
    .limit(1)
    .executeTakeFirst()
  return agreement === undefined ? null : startOfDay(addYears(agreement.starts_on, 1))
}
