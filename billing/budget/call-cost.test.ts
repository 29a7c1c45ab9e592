import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeTiers, rateQuantity } from '#billing/index.ts'
import { decimalFromBigint, parseDecimal } from '#kernel/decimal.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { costOfCall, highestCostOfCall } from './call-cost.ts'
import { costOf } from './cost-sql.ts'

const database = useDatabase('file')
const units = fc.constantFrom('call', 'piece', 'record', 'megabyte')
const microYuan = fc.bigInt({ min: 0n, max: 1_000_000_000n })
const count = fc.bigInt({ min: 0n, max: 1_000_000n })
const bytes = fc.bigInt({ min: 0n, max: 10n ** 10n })

test.each([
  ['a call', 'call', 0n, 0n, 500_000n],
  ['3 records', 'record', 3n, 0n, 1_500_000n],
  ['a million bytes', 'megabyte', 1n, 1_000_000n, 500_000n],
  ['one byte, rounded up', 'megabyte', 1n, 1n, 1n],
])('%s at 0.50', (_what, unit, records, size, expected) => {
  expect(costOfCall({ unit, highestMicroYuan: 500_000n }, { records, bytes: size })).toBe(expected)
})

test('SQL says of an event what the gateway said of its call', async () => {
  await fc.assert(
    fc.asyncProperty(units, microYuan, count, bytes, async (unit, price, records, size) => {
      const result = await sql<{ cost: string }>`
        select ${sql.raw(costOf('high'))}::text as cost
        from (select ${records.toString()}::bigint as records, ${size.toString()}::bigint as bytes, 1 as attempts) e
        cross join (select ${unit}::text as unit, ${price.toString()}::bigint as high) p`.execute(
        database.db,
      )
      const cost = costOfCall({ unit, highestMicroYuan: price }, { records, bytes: size })
      expect(result.rows[0]?.cost).toBe(cost.toString())
    }),
    { numRuns: 60 },
  )
})

test('no call costs more than was reserved for it', () => {
  fc.assert(
    fc.property(units, microYuan, count, bytes, (unit, price, records, size) => {
      const of = { unit, highestMicroYuan: price }
      const reserved = highestCostOfCall(of, { responseBytesMax: size, recordsMax: records })
      expect(costOfCall(of, { records, bytes: size })).toBeLessThanOrEqual(reserved)
    }),
  )
})

test('what a budget counts of a month is never less than its bill, before rounding', () => {
  const step = fc.record({
    calls: fc.bigInt({ min: 1n, max: 500n }),
    price: fc.bigInt({ min: 0n, max: 10_000_000n }),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), count, (steps, calls) => {
      let from = 0n
      const tiers = steps.map(({ calls: width, price }, index) => {
        const tier = {
          fromQuantity: decimalFromBigint(from),
          toQuantity: index === steps.length - 1 ? null : decimalFromBigint(from + width),
          unitPriceYuan: decimalFromBigint(price).div(1_000_000),
        }
        from += width
        return tier
      })
      const highest = steps.reduce((max, { price }) => (price > max ? price : max), 0n)
      const one = costOfCall(
        { unit: 'call', highestMicroYuan: highest },
        { records: 0n, bytes: 0n },
      )
      const form = { kind: 'graduated', unit: 'call', tiers: makeTiers(tiers) } as const
      const billed = rateQuantity(form, decimalFromBigint(calls)).total.yuan
      const counted = decimalFromBigint(one * calls).div(1_000_000)
      expect(billed.lte(counted)).toBe(true)
      expect(parseDecimal('0').lte(billed)).toBe(true)
    }),
  )
})
