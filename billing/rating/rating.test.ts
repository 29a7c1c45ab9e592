import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UsageSum } from '#metering/index.ts'
import { decimalFromBigint, formatDecimal, parseDecimal, zeroDecimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { formatYuan, moneyFromFen } from '#kernel/money.ts'
import { makePeriod, monthPeriod, parseMonth } from '#kernel/period.ts'
import { composeBill } from '#billing/bill/compose-bill.ts'
import { type ChargingForm, chargingUnitOf } from '#billing/pricing/charging-form.ts'
import type { PriceInForce } from '#billing/pricing/prices-in-force.ts'
import { makeTiers } from '#billing/pricing/tiers.ts'
import { periodCharges } from './period-charges.ts'
import { cutByPrices } from './price-slices.ts'
import { rateUsage, type UsageOfSlice } from './rate-usage.ts'

const june = parseMonth('2026-06')
const month = monthPeriod(june)
const owner = {
  subscriptionId: 'sub_1' as Id<'sub'>,
  productId: 'product_1' as Id<'product'>,
  scenarioId: 'scenario_1' as Id<'scenario'>,
  purposeClass: 'industry',
} as const

function priceOf(
  form: ChargingForm,
  cap: ChargingForm,
  from = month.from,
  to: Date | null = null,
): PriceInForce {
  return {
    postedPriceId: 'posted_1' as Id<'posted'>,
    number: 'SJJG-1',
    priceItemId: 'pitem_1' as Id<'pitem'>,
    productId: owner.productId,
    code: 'C',
    name: '',
    nameEn: '',
    unit: chargingUnitOf(form),
    form,
    cap,
    billableRule: 'on_found',
    repeatWindowHours: 24,
    effective: { from, to },
  }
}

const used = (calls: bigint, free: Readonly<Record<string, bigint>> = {}): UsageSum => ({
  calls: calls + Object.values(free).reduce((sum, count) => sum + count, 0n),
  billedCalls: calls,
  billedRecords: calls * 2n,
  billedBytes: calls * 1_500_000n,
  freeCalls: free,
})

const rate = (
  slices: readonly UsageOfSlice[],
  kind: 'usage' | 'late' = 'usage',
  before = new Map(),
) => rateUsage({ owner, kind, usageMonth: june, slices, before })

const lines = (slices: readonly UsageOfSlice[]) => {
  const rated = rate(slices)
  if (rated.kind !== 'rated') throw new Error(rated.kind)
  return rated.lines
}

const count = fc.bigInt({ min: 0n, max: 20_000_000n })
const micro = fc.bigInt({ min: 0n, max: 5_000_000n })
/** A ceiling of three tiers and a price at or below it in each. */
const capAndPrice = fc
  .tuple(
    fc.array(fc.tuple(micro, fc.integer({ min: 0, max: 100 })), { minLength: 3, maxLength: 3 }),
    fc.bigInt({ min: 1n, max: 1_000_000n }),
    fc.bigInt({ min: 1n, max: 1_000_000n }),
  )
  .map(([prices, first, step]) => {
    const bounds = [0n, first, first + step, null]
    const form = (pick: (cap: bigint, percent: number) => bigint): ChargingForm => ({
      kind: 'graduated',
      unit: 'call',
      tiers: makeTiers(
        prices.map(([cap, percent], index) => {
          const to = bounds[index + 1] ?? null
          return {
            fromQuantity: decimalFromBigint(bounds[index] ?? 0n),
            toQuantity: to === null ? null : decimalFromBigint(to),
            unitPriceYuan: decimalFromBigint(pick(cap, percent)).div(1_000_000),
          }
        }),
      ),
    })
    return priceOf(
      form((cap, percent) => (cap * BigInt(percent)) / 100n),
      form((cap) => cap),
    )
  })

describe('laws of rating', () => {
  test('no bill line is above its cap, and its tiers add up to it', () => {
    fc.assert(
      fc.property(capAndPrice, count, (price, calls) => {
        for (const line of lines([{ period: month, price, usage: used(calls) }])) {
          expect(line.unroundedYuan.lte(line.capAmountYuan)).toBe(true)
          const sum = line.tiers.reduce((total, tier) => total.plus(tier.amountYuan), zeroDecimal)
          expect(sum.eq(line.unroundedYuan)).toBe(true)
          const quantity = line.tiers.reduce(
            (total, tier) => total.plus(tier.quantity),
            zeroDecimal,
          )
          expect(quantity.eq(line.quantity)).toBe(true)
        }
      }),
    )
  })

  test('a charge never falls as use grows', () => {
    fc.assert(
      fc.property(capAndPrice, count, count, (price, a, more) => {
        const [less] = lines([{ period: month, price, usage: used(a + 1n) }])
        const [greater] = lines([{ period: month, price, usage: used(a + more + 1n) }])
        expect((greater?.amountFen ?? 0n) >= (less?.amountFen ?? 0n)).toBe(true)
      }),
    )
  })

  test('a month at one price costs the same whole or in parts, on time or late', () => {
    const middle = new Date('2026-06-15T00:00:00Z')
    fc.assert(
      fc.property(capAndPrice, count, count, (price, a, b) => {
        const first = makePeriod({ from: month.from, to: middle })
        const second = makePeriod({ from: middle, to: month.to })
        const total = (slices: readonly UsageOfSlice[]) =>
          lines(slices).reduce((sum, line) => sum.plus(line.unroundedYuan), zeroDecimal)
        const whole = total([{ period: month, price, usage: used(a + b) }])
        const parts = total([
          { period: first, price, usage: used(a) },
          { period: second, price, usage: used(b) },
        ])
        expect(parts.eq(whole)).toBe(true)
        const onTime = rate([{ period: month, price, usage: used(a) }])
        if (onTime.kind !== 'rated') throw new Error('rated')
        const late = rateUsage({
          owner,
          kind: 'late',
          usageMonth: june,
          slices: [{ period: month, price, usage: used(b) }],
          before: onTime.after,
        })
        if (late.kind !== 'rated') throw new Error('rated')
        const both = [...onTime.lines, ...late.lines]
        const sum = both.reduce((yuan, line) => yuan.plus(line.unroundedYuan), zeroDecimal)
        expect(sum.eq(whole)).toBe(true)
      }),
    )
  })

  test('billed calls and free calls by reason are all the calls', () => {
    fc.assert(
      fc.property(capAndPrice, count, count, count, (price, a, b, c) => {
        const usage = used(a, { not_found: b, failed: c })
        for (const line of lines([{ period: month, price, usage }])) {
          const free = Object.values(line.freeCalls).reduce((sum, part) => sum + part, 0n)
          expect(line.billedCalls + free).toBe(line.calls)
        }
      }),
    )
  })

  test('a bill is the sum of its lines, gross, net and tax', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(capAndPrice, count, fc.constantFrom('0.06', '0.03')), { maxLength: 12 }),
        (uses) => {
          const bill = composeBill(
            uses.flatMap(([price, calls, taxRate]) =>
              lines([{ period: month, price, usage: used(calls) }]).map((line) => ({
                line,
                taxRate: parseDecimal(taxRate),
              })),
            ),
          )
          const sum = (pick: (line: (typeof bill.lines)[number]) => bigint): bigint =>
            bill.lines.reduce((total, line) => total + pick(line), 0n)
          expect(sum((line) => line.amountFen)).toBe(bill.grossFen)
          expect(sum((line) => line.netFen)).toBe(bill.netFen)
          expect(sum((line) => line.taxFen)).toBe(bill.taxFen)
          for (const line of bill.lines) expect(line.netFen + line.taxFen).toBe(line.amountFen)
        },
      ),
    )
  })

  test('slices cover their month once, whatever the prices', () => {
    const hour = fc.integer({ min: -200, max: 900 })
    fc.assert(
      fc.property(fc.uniqueArray(hour, { maxLength: 6 }), (hours) => {
        const starts = hours.toSorted((a, b) => a - b)
        const at = (h: number): Date => new Date(month.from.getTime() + h * 3_600_000)
        const form: ChargingForm = { kind: 'metered_not_charged' }
        const prices = starts.map((start, index) => {
          const next = starts[index + 1]
          return priceOf(form, form, at(start), next === undefined ? null : at(next))
        })
        const slices = cutByPrices(month, prices)
        expect(slices[0]?.period.from).toEqual(month.from)
        expect(slices.at(-1)?.period.to).toEqual(month.to)
        slices.slice(1).forEach((slice, index) => {
          expect(slice.period.from).toEqual(slices[index]?.period.to)
        })
      }),
    )
  })
})

describe('the vectors of R51', () => {
  const tiers: ChargingForm = {
    kind: 'graduated',
    unit: 'call',
    tiers: makeTiers([
      {
        fromQuantity: parseDecimal('0'),
        toQuantity: parseDecimal('100000'),
        unitPriceYuan: parseDecimal('0.040'),
      },
      {
        fromQuantity: parseDecimal('100000'),
        toQuantity: parseDecimal('5000000'),
        unitPriceYuan: parseDecimal('0.035'),
      },
      {
        fromQuantity: parseDecimal('5000000'),
        toQuantity: null,
        unitPriceYuan: parseDecimal('0.030'),
      },
    ]),
  }
  test.each([
    [20_000n, '800.00'],
    [1_000_000n, '35500.00'],
    [6_000_000n, '205500.00'],
  ])('%s calls cost %s', (calls, yuan) => {
    const [line] = lines([{ period: month, price: priceOf(tiers, tiers), usage: used(calls) }])
    expect(formatYuan(line?.amountFen ?? moneyFromFen(0n))).toBe(yuan)
  })

  test.each([
    ['per_call', '3', '1.5'],
    ['per_record', '6', '3'],
    ['per_megabyte', '4.5', '2.25'],
    ['per_piece', '3', '1.5'],
  ] as const)('%s counts %s of three calls at 0.5: %s yuan', (kind, quantity, yuan) => {
    const form: ChargingForm = { kind, unitPriceYuan: parseDecimal('0.5') }
    const [line] = lines([{ period: month, price: priceOf(form, form), usage: used(3n) }])
    expect(formatDecimal(line?.quantity ?? zeroDecimal)).toBe(quantity)
    expect(formatDecimal(line?.unroundedYuan ?? zeroDecimal)).toBe(yuan)
  })
})

test('what is metered and not charged stands on the bill at 0.00', () => {
  const form: ChargingForm = { kind: 'metered_not_charged' }
  expect(lines([{ period: month, price: priceOf(form, form), usage: used(9n) }])).toMatchObject([
    { kind: 'usage', amountFen: 0n, billedCalls: 9n },
  ])
})

test('billable use without a price is not guessed', () => {
  expect(rate([{ period: month, price: null, usage: used(1n) }]).kind).toBe('price_missing')
  expect(lines([{ period: month, price: null, usage: used(0n, { quota: 2n }) }])).toMatchObject([
    { kind: 'free', calls: 2n, amountFen: 0n },
  ])
})

describe('a fee for a time', () => {
  const fee = (every: 'day' | 'month' | 'year'): ChargingForm => ({
    kind: 'period',
    every,
    priceFen: moneyFromFen(30_000n),
  })
  const at = (day: string): Date => new Date(`${day}T10:00:00+08:00`)
  const charge = (
    every: 'day' | 'month' | 'year',
    startsAt: string,
    of: Readonly<{ month?: string; endsAt?: string; suspendedSince?: string }> = {},
  ) =>
    periodCharges({
      owner,
      month: parseMonth(of.month ?? '2026-06'),
      startsAt: at(startsAt),
      endsAt: at(of.endsAt ?? '2027-12-31'),
      suspendedSince: of.suspendedSince === undefined ? null : at(of.suspendedSince),
      prices: [priceOf(fee(every), fee(every), at('2025-01-01'))],
    }).map((line) => [formatDecimal(line.quantity), formatYuan(line.amountFen), line.serviceFrom])

  test('of a month is paid when it begins, on the day the subscription began', () => {
    expect(charge('month', '2026-06-10')).toEqual([['1', '300.00', at('2026-06-10')]])
    expect(charge('month', '2026-01-31')).toEqual([
      ['1', '300.00', new Date('2026-06-30T00:00:00+08:00')],
    ])
    expect(charge('month', '2026-07-01')).toEqual([])
  })

  test('of a day counts the days that began', () => {
    expect(charge('day', '2026-06-28')).toEqual([['3', '900.00', at('2026-06-28')]])
  })

  test('of a year comes once in twelve months', () => {
    expect(charge('year', '2025-06-03').length).toBe(1)
    expect(charge('year', '2025-07-03')).toEqual([])
  })

  test('is not charged for time that begins after the end or while suspended', () => {
    expect(charge('month', '2026-05-20', { endsAt: '2026-06-19' })).toEqual([])
    expect(charge('month', '2026-05-20', { suspendedSince: '2026-06-01' })).toEqual([])
  })

  test('covers the calls made under it, which are counted at 0.00', () => {
    const price = priceOf(fee('month'), fee('month'))
    expect(lines([{ period: month, price, usage: used(4n, { not_found: 1n }) }])).toMatchObject([
      { kind: 'usage', unit: 'call', calls: 5n, billedCalls: 4n, amountFen: 0n },
    ])
  })
})
