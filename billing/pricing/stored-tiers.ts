import { type Decimal, parseDecimal, zeroDecimal } from '#kernel/decimal.ts'
import { assertNever, invariant } from '#kernel/errors.ts'
import { roundToMoney, unroundedFromMoney } from '#kernel/money.ts'
import { type ChargingForm, type ChargingKind, meteredUnits, spans } from './charging-form.ts'
import { makeTiers } from './tiers.ts'

/** A tier as a row keeps it; forms without tiers have one, from 0 and open. `position` counts from 1. */
export type StoredTier = Readonly<{
  position: number
  fromQuantity: Decimal
  toQuantity: Decimal | null
  unitPriceYuan: Decimal
}>
/** What of a form stands in the price item itself. */
export type StoredShape = Readonly<{
  form: ChargingKind
  unit: string
  includedQuantity: string | null
  validDays: number | null
}>

export function tiersOf(form: ChargingForm): StoredTier[] {
  switch (form.kind) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      return [onlyTier(form.unitPriceYuan)]
    case 'graduated':
      return form.tiers.map((tier, index) => ({ ...tier, position: index + 1 }))
    case 'package':
    case 'period':
      return [onlyTier(unroundedFromMoney(form.priceFen).yuan)]
    case 'metered_not_charged':
      return [onlyTier(zeroDecimal)]
    default:
      return assertNever(form)
  }
}

/** The form that tiersOf and the shape describe; anything else in the rows is our own bug. */
export function formOf(shape: StoredShape, tiers: readonly StoredTier[]): ChargingForm {
  const first = tiers[0]
  invariant(first !== undefined, 'a stored form has a tier')
  switch (shape.form) {
    case 'per_call':
    case 'per_record':
    case 'per_megabyte':
    case 'per_piece':
      return { kind: shape.form, unitPriceYuan: first.unitPriceYuan }
    case 'graduated':
      return { kind: 'graduated', unit: oneOf(meteredUnits, shape.unit), tiers: makeTiers(tiers) }
    case 'package':
      invariant(shape.includedQuantity !== null && shape.validDays !== null, 'a package is whole')
      return {
        kind: 'package',
        calls: BigInt(parseDecimal(shape.includedQuantity).toFixed(0)),
        priceFen: roundToMoney({ yuan: first.unitPriceYuan }),
        validDays: shape.validDays,
      }
    case 'period':
      return {
        kind: 'period',
        every: oneOf(spans, shape.unit),
        priceFen: roundToMoney({ yuan: first.unitPriceYuan }),
      }
    case 'metered_not_charged':
      return { kind: 'metered_not_charged' }
    default:
      return assertNever(shape.form)
  }
}

function onlyTier(unitPriceYuan: Decimal): StoredTier {
  return { position: 1, fromQuantity: zeroDecimal, toQuantity: null, unitPriceYuan }
}

function oneOf<T extends string>(values: readonly T[], text: string): T {
  const found = values.find((value) => value === text)
  invariant(found !== undefined, `not a unit of this form: ${text}`)
  return found
}
