import { z } from 'zod'
import { countText, decimalText, yuanText } from '#kernel/stored-values.ts'
import { type Decimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts'
import { assertNever, DomainError } from '#kernel/errors.ts'
import { formatYuan, type Money, parseMoneyYuan } from '#kernel/money.ts'
import { makeTiers, type Tiers } from './tiers.ts'

/** What a metered quantity counts: 次, 条, MB (10^6 bytes), 件/份. */
export const meteredUnits = ['call', 'record', 'megabyte', 'piece'] as const
export type MeteredUnit = (typeof meteredUnits)[number]
export const spans = ['day', 'month', 'year'] as const
export type Span = (typeof spans)[number]
export type ChargingUnit = MeteredUnit | Span | 'package'

/** How a price item charges (R51). Unit prices have at most 6 decimals and include tax. */
export type ChargingForm =
  | Readonly<{
      kind: 'per_call' | 'per_record' | 'per_megabyte' | 'per_piece'
      unitPriceYuan: Decimal
    }>
  | Readonly<{ kind: 'graduated'; unit: MeteredUnit; tiers: Tiers }>
  | Readonly<{ kind: 'package'; calls: bigint; priceFen: Money; validDays: number }>
  | Readonly<{ kind: 'period'; every: Span; priceFen: Money }>
  | Readonly<{ kind: 'metered_not_charged' }>

export type ChargingKind = ChargingForm['kind']

const unitPriceText = decimalText(6)
const validDays = z.int().min(1).max(3660)

const storedTier = z.strictObject({
  fromQuantity: decimalText(6),
  toQuantity: decimalText(6).nullable(),
  unitPriceYuan: unitPriceText,
})

/** The form as JSON keeps it: every number is text. Also what an API takes and gives. */
export const storedChargingForm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('per_call'), unitPriceYuan: unitPriceText }),
  z.strictObject({ kind: z.literal('per_record'), unitPriceYuan: unitPriceText }),
  z.strictObject({ kind: z.literal('per_megabyte'), unitPriceYuan: unitPriceText }),
  z.strictObject({ kind: z.literal('per_piece'), unitPriceYuan: unitPriceText }),
  z.strictObject({
    kind: z.literal('graduated'),
    unit: z.enum(meteredUnits),
    tiers: z.array(storedTier).min(1).max(20),
  }),
  z.strictObject({
    kind: z.literal('package'),
    calls: countText,
    priceYuan: yuanText,
    validDays,
  }),
  z.strictObject({ kind: z.literal('period'), every: z.enum(spans), priceYuan: yuanText }),
  z.strictObject({ kind: z.literal('metered_not_charged') }),
])
export type StoredChargingForm = z.infer<typeof storedChargingForm>

/**
 * Reads a stored or posted form. Throws VALIDATION_FAILED with the fields that are wrong: unknown
 * keys, numbers that are not text, more than 6 decimals, tiers that leave a gap or overlap.
 */
export function parseChargingForm(json: unknown): ChargingForm {
  const read = storedChargingForm.safeParse(json)
  if (!read.success)
    throw new DomainError('VALIDATION_FAILED', {
      fields: read.error.issues.map((issue) => ({
        field: ['form', ...issue.path].join('.'),
        reason: issue.code,
      })),
    })
  return formFromStored(read.data)
}

function formFromStored(stored: StoredChargingForm): ChargingForm {
  switch (stored.kind) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      return { kind: stored.kind, unitPriceYuan: parseDecimal(stored.unitPriceYuan) }
    case 'graduated':
      return {
        kind: 'graduated',
        unit: stored.unit,
        tiers: makeTiers(
          stored.tiers.map((tier) => ({
            fromQuantity: parseDecimal(tier.fromQuantity),
            toQuantity: tier.toQuantity === null ? null : parseDecimal(tier.toQuantity),
            unitPriceYuan: parseDecimal(tier.unitPriceYuan),
          })),
        ),
      }
    case 'package':
      return {
        kind: 'package',
        calls: BigInt(stored.calls),
        priceFen: parseMoneyYuan(stored.priceYuan),
        validDays: stored.validDays,
      }
    case 'period':
      return { kind: 'period', every: stored.every, priceFen: parseMoneyYuan(stored.priceYuan) }
    case 'metered_not_charged':
      return { kind: 'metered_not_charged' }
    default:
      return assertNever(stored)
  }
}

/** The JSON of a form; parseChargingForm reads it back. */
export function formatChargingForm(form: ChargingForm): StoredChargingForm {
  switch (form.kind) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      return { kind: form.kind, unitPriceYuan: formatDecimal(form.unitPriceYuan) }
    case 'graduated':
      return {
        kind: 'graduated',
        unit: form.unit,
        tiers: form.tiers.map((tier) => ({
          fromQuantity: formatDecimal(tier.fromQuantity),
          toQuantity: tier.toQuantity === null ? null : formatDecimal(tier.toQuantity),
          unitPriceYuan: formatDecimal(tier.unitPriceYuan),
        })),
      }
    case 'package':
      return {
        kind: 'package',
        calls: form.calls.toString(),
        priceYuan: formatYuan(form.priceFen),
        validDays: form.validDays,
      }
    case 'period':
      return { kind: 'period', every: form.every, priceYuan: formatYuan(form.priceFen) }
    case 'metered_not_charged':
      return { kind: 'metered_not_charged' }
    default:
      return assertNever(form)
  }
}

/** What one unit of the rated quantity is. */
export function chargingUnitOf(form: ChargingForm): ChargingUnit {
  switch (form.kind) {
    case 'per_call':
    case 'metered_not_charged':
      return 'call'
    case 'per_record':
      return 'record'
    case 'per_megabyte':
      return 'megabyte'
    case 'per_piece':
      return 'piece'
    case 'graduated':
      return form.unit
    case 'package':
      return 'package'
    case 'period':
      return form.every
    default:
      return assertNever(form)
  }
}

/** Whether the price is paid for buying, once, and not for each use. */
export function isPurchase(form: ChargingForm): boolean {
  return form.kind === 'package' || form.kind === 'period'
}
