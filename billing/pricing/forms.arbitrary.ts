import fc from 'fast-check'
import { Decimal } from '#kernel/decimal.ts'
import { moneyFromFen } from '#kernel/money.ts'
import { type ChargingForm, meteredUnits, spans } from './charging-form.ts'
import { makeTiers } from './tiers.ts'

/** Charging forms of every kind for property tests. */

const micro = (max: bigint) =>
  fc.bigInt({ min: 0n, max }).map((n) => new Decimal(n.toString()).div(1_000_000))

export const unitPrices: fc.Arbitrary<Decimal> = micro(10n ** 12n)
export const quantities: fc.Arbitrary<Decimal> = micro(10n ** 17n)

const graduatedForms = fc
  .record({
    unit: fc.constantFrom(...meteredUnits),
    bounds: fc.uniqueArray(fc.integer({ min: 1, max: 10 ** 9 }), { maxLength: 5 }),
    prices: fc.array(unitPrices, { minLength: 6, maxLength: 6 }),
  })
  .map(({ unit, bounds, prices }): ChargingForm => {
    const sorted = [0, ...bounds.toSorted((a, b) => a - b)]
    const tiers = sorted.map((from, index) => {
      const to = sorted[index + 1]
      return {
        fromQuantity: new Decimal(from),
        toQuantity: to === undefined ? null : new Decimal(to),
        unitPriceYuan: prices[index] ?? new Decimal(0),
      }
    })
    return { kind: 'graduated', unit, tiers: makeTiers(tiers) }
  })

const prices = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(moneyFromFen)

export const anyMeteredForm: fc.Arbitrary<ChargingForm> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('per_call', 'per_record', 'per_megabyte', 'per_piece'),
    unitPriceYuan: unitPrices,
  }),
  graduatedForms,
  fc.constant({ kind: 'metered_not_charged' as const }),
)

export const anyForm: fc.Arbitrary<ChargingForm> = fc.oneof(
  anyMeteredForm,
  fc.record({
    kind: fc.constant('package' as const),
    calls: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    priceFen: prices,
    validDays: fc.integer({ min: 1, max: 3660 }),
  }),
  fc.record({
    kind: fc.constant('period' as const),
    every: fc.constantFrom(...spans),
    priceFen: prices,
  }),
)
