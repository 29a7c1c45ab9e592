import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDecimal } from '#kernel/decimal.ts'
import { domain, verbatim, wire } from './wire.ts'

test('names change on the way out and in; dates and decimals are text', () => {
  const at = new Date('2026-06-15T04:00:00Z')
  expect(
    wire({
      netYuan: '1.00',
      issuedAt: at,
      unitPrice: parseDecimal('0.350000'),
      lines: [{ lineNo: 1 }],
      part: null,
    }),
  ).toEqual({
    net_yuan: '1.00',
    issued_at: '2026-06-15T04:00:00.000Z',
    unit_price: '0.35',
    lines: [{ line_no: 1 }],
    part: null,
  })
  expect(domain({ subscription_id: 'x', use_terms: { calls_per_day: 5 } })).toEqual({
    subscriptionId: 'x',
    useTerms: { callsPerDay: 5 },
  })
})

test('a number that may be money does not leave unsaid', () => {
  // @ts-expect-error a bigint has no place in an answer
  expect((): { total: string } => wire({ total: 100n })).toThrow(/says whether it is money/)
})

test('keys that are data stay as they are', () => {
  expect(wire({ sampleRow: verbatim({ certNo: '1', 姓名: 'x' }) })).toEqual({
    sample_row: { certNo: '1', 姓名: 'x' },
  })
})

test('what was not given is left out, so a verb can tell it from null', () => {
  expect(Object.keys(domain({ name_en: undefined, address: null }))).toEqual(['address'])
})

test('in after out is identity', () => {
  const name = fc.stringMatching(/^[a-z]{1,5}(?:[A-Z][a-z]{1,5}){0,3}$/)
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))),
      (value) => {
        expect(domain(wire(value))).toEqual({ ...value })
      },
    ),
  )
})
