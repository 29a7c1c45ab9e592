import { expect, test } from 'vitest'
import { assertNever, DomainError, invariant, InvariantError, refuseValue } from './errors.ts'

test('a refusal carries its code and what the caller may know', () => {
  const error = new DomainError('PRICE_ABOVE_CAP', { tier: 2 })
  expect(error).toMatchObject({ name: 'DomainError', code: 'PRICE_ABOVE_CAP', detail: { tier: 2 } })
  expect(
    'detail' in new DomainError('NOT_FOUND') && new DomainError('NOT_FOUND').detail,
  ).toBeFalsy()
})

test('our own mistakes are not refusals', () => {
  expect(() => invariant(false, 'postings sum to zero')).toThrow(InvariantError)
  expect(() => assertNever({ kind: 'unheard_of' } as never)).toThrow('unheard_of')
})

test('a refused value names its field', () => {
  expect(() => refuseValue('tiers.1', 'gap_or_overlap')).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      detail: { fields: [{ field: 'tiers.1', reason: 'gap_or_overlap' }] },
    }) as Error,
  )
})
