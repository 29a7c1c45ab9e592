import fc from 'fast-check'
import { expect, test } from 'vitest'
import { movableClock } from './clock.ts'
import { idPrefixes, isId, newId, parseId, uuidv7At } from './ids.ts'

const clock = movableClock('2026-10-31T16:00:00Z')

test('an id names its kind and has 20 characters that can be read aloud', () => {
  expect(newId('bill', clock)).toMatch(/^bill_[0-9a-hjkmnp-tv-z]{20}$/)
})

test('ids sort by the time they were made', () => {
  const times = fc.integer({ min: 0, max: 2 ** 48 - 2 })
  fc.assert(
    fc.property(times, times, (a, b) => {
      fc.pre(a < b)
      const [first, second] = [a, b].map((ms) =>
        newId('bill', { now: () => ({ getTime: () => ms }) as Date }),
      )
      expect(String(first) < String(second)).toBe(true)
    }),
  )
})

test('ids of one moment differ', () => {
  expect(new Set(Array.from({ length: 5000 }, () => newId('line', clock))).size).toBe(5000)
})

test('an id is read only as what it is', () => {
  const id = newId('bill', clock)
  expect(parseId('bill', id)).toBe(id)
  for (const wrong of [
    id.replace('bill', 'line'),
    `${id}0`,
    id.slice(0, -1),
    id.toUpperCase(),
    'bill_',
    `bill_${'u'.repeat(20)}`,
  ])
    expect(() => parseId('bill', wrong)).toThrow('VALIDATION_FAILED')
  expect(isId('line', id)).toBe(false)
})

test('no two kinds share a prefix, and none contains the separator', () => {
  expect(new Set(idPrefixes).size).toBe(idPrefixes.length)
  expect(idPrefixes.filter((prefix) => !/^[a-z]+$/.test(prefix))).toEqual([])
})

test('an event id is a UUID of version 7 that carries its millisecond', () => {
  const ms = clock.now().getTime()
  const id = uuidv7At(ms)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(ms)
})
