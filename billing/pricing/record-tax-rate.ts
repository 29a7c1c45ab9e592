import { sql } from 'kysely'
import { audit } from '#kernel/audit.ts'
import { actorId, actorOrganization, type Context } from '#kernel/context.ts'
import {
  type Database,
  formatRange,
  inTransaction,
  parseRange,
  type TimeRange,
} from '#kernel/database.ts'
import { type Decimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import { DomainError, refuseValue } from '#kernel/errors.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { requirePermission } from '#kernel/permissions.ts'
import { placeInTime } from './place-in-time.ts'
import { closeKnown } from './close-known.ts'

export type RecordTaxRate = Readonly<{
  operatorId: Id<'org'>
  /** 0.06 for six per cent. */
  rate: Decimal
  documentId: Id<'policy'>
  effectiveFrom: Date
}>
export type RecordTaxRateResult = Readonly<{
  kind: 'recorded' | 'already_recorded'
  taxRateId: Id<'taxrate'>
}>
export type TaxRate = Readonly<{ taxRateId: Id<'taxrate'>; rate: Decimal; effective: TimeRange }>

/**
 * Records the VAT rate of an operator from a date on (policy.md 6.4). It may begin in the past, since it
 * is a fact we learn of; bills already composed keep the rate they name. The same rate from the same
 * moment is `already_recorded`.
 */
export async function recordTaxRate(
  ctx: Context,
  input: RecordTaxRate,
): Promise<RecordTaxRateResult> {
  requirePermission(ctx, 'tax_rate:record')
  if (ctx.actor.kind === 'person' && actorOrganization(ctx.actor) !== input.operatorId)
    throw new DomainError('NOT_FOUND')
  if (input.rate.lt(0) || input.rate.gte(1) || input.rate.decimalPlaces() > 6)
    refuseValue('rate', 'not_a_tax_rate')
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (tx) => {
    await tx
      .selectFrom('governance.organization')
      .select('id')
      .where('id', '=', input.operatorId)
      .forUpdate()
      .executeTakeFirst()
    const existing = await listTaxRates(tx, { operatorId: input.operatorId, knownAt: now })
    const same = existing.find(
      (row) =>
        row.effective.from.getTime() === input.effectiveFrom.getTime() && row.rate.eq(input.rate),
    )
    if (same !== undefined) return { kind: 'already_recorded', taxRateId: same.taxRateId }
    const { close, continuations, effective } = placeInTime(
      existing.map((row) => ({ id: row.taxRateId, effective: row.effective })),
      { from: input.effectiveFrom, until: null },
    )
    await closeKnown(tx, 'billing.tax_rate', { ids: close, at: now })
    const taxRateId = newId('taxrate', ctx.clock)
    const rows = continuations.flatMap((part) =>
      existing
        .filter((row) => row.taxRateId === part.of)
        .map((row) => ({ id: newId('taxrate', ctx.clock), rate: row.rate, range: part.effective })),
    )
    for (const row of [...rows, { id: taxRateId, rate: input.rate, range: effective }])
      await tx
        .insertInto('billing.tax_rate')
        .values({
          id: row.id,
          operator_id: input.operatorId,
          rate: formatDecimal(row.rate),
          document_id: input.documentId,
          effective: formatRange(row.range),
          known: formatRange({ from: now, to: null }),
          recorded_by: actorId(ctx.actor),
          recorded_at: now,
        })
        .execute()
    await audit(tx, ctx, {
      action: 'tax_rate:record',
      objectType: 'tax_rate',
      objectId: taxRateId,
      detail: { rate: formatDecimal(input.rate) },
    })
    return { kind: 'recorded', taxRateId }
  })
}

/** The operator's tax rates as known at a time, in order of time. */
export async function listTaxRates(
  db: Database,
  input: Readonly<{ operatorId: string; knownAt: Date }>,
): Promise<TaxRate[]> {
  const rows = await db
    .selectFrom('billing.tax_rate')
    .select(['id', 'rate', 'effective'])
    .where('operator_id', '=', input.operatorId)
    .where(sql<boolean>`known @> ${input.knownAt}::timestamptz`)
    .orderBy(sql`lower(effective)`)
    .execute()
  return rows.map((row) => ({
    taxRateId: row.id as Id<'taxrate'>,
    rate: parseDecimal(row.rate),
    effective: parseRange(row.effective),
  }))
}
