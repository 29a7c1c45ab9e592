import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyRule } from './rules.arbitrary.ts'
import { formatSplitRule, parseSplitRule } from './split-rule.ts'

const plain = {
  base: { kind: 'gross' },
  accrual: 'billed',
  share: { kind: 'fixed', shareBasisPoints: 3000 },
  coefficient: '1',
  yearlyFloorYuan: null,
  yearlyCeilingYuan: null,
  minimumPaymentYuan: null,
  receivers: [{ code: 'treasury', name: '国库', weight: '1' }],
}
const tier = (fromYuan: string, toYuan: string | null, shareBasisPoints = 1000) => ({
  fromYuan,
  toYuan,
  shareBasisPoints,
})
const graduated = (...tiers: unknown[]) => ({ ...plain, share: { kind: 'graduated', tiers } })

test('parse ∘ format is identity, through JSON text', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      const stored = formatSplitRule(rule)
      expect(parseSplitRule(JSON.parse(JSON.stringify(stored)))).toEqual(rule)
      expect(formatSplitRule(parseSplitRule(stored))).toEqual(stored)
    }),
  )
})

describe('a rule that cannot be divided by is refused', () => {
  test.each([
    ['a share above the whole', { ...plain, share: { kind: 'fixed', shareBasisPoints: 10_001 } }],
    ['half a basis point', { ...plain, share: { kind: 'fixed', shareBasisPoints: 0.5 } }],
    [
      'a share that its coefficient lifts above the whole',
      { ...plain, share: { kind: 'fixed', shareBasisPoints: 9500 }, coefficient: '1.1' },
    ],
    ['a negative coefficient', { ...plain, coefficient: '-1' }],
    ['a gap between tiers', graduated(tier('0.00', '10.00'), tier('10.01', null))],
    ['a first tier above zero', graduated(tier('1.00', null))],
    ['a last tier with an end', graduated(tier('0.00', '10.00'))],
    ['an open tier before the last', graduated(tier('0.00', null), tier('0.00', null))],
    ['an empty tier', graduated(tier('0.00', '0.00'), tier('0.00', null))],
    ['a floor above the ceiling', { ...plain, yearlyFloorYuan: '2.00', yearlyCeilingYuan: '1.00' }],
    [
      'surcharges of the whole',
      { ...plain, base: { kind: 'net_of_vat_and_surcharges', surchargeRate: '1' } },
    ],
    ['nobody to receive', { ...plain, receivers: [] }],
    ['a receiver twice', { ...plain, receivers: [plain.receivers[0], plain.receivers[0]] }],
    [
      'a receiver of nothing',
      { ...plain, receivers: [{ code: 'treasury', name: '国库', weight: '0' }] },
    ],
    ['a key that does not belong', { ...plain, discount: '1' }],
    ['a missing key', { ...plain, accrual: undefined }],
    ['an unknown base', { ...plain, base: { kind: 'profit' } }],
  ])('%s', (_what, json) => expect(() => parseSplitRule(json)).toThrow('VALIDATION_FAILED'))
})
