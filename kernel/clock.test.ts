import { expect, test } from 'vitest'
import { movableClock, systemClock } from './clock.ts'

test('a movable clock stands still until it is moved', () => {
  const clock = movableClock('2026-10-01T00:00:00+08:00')
  expect(clock.now()).toEqual(clock.now())
  clock.advance(60_000)
  expect(clock.now().toISOString()).toBe('2026-09-30T16:01:00.000Z')
  clock.set(new Date('2027-01-01T00:00:00Z'))
  expect(clock.now().toISOString()).toBe('2027-01-01T00:00:00.000Z')
})

test('what is done to a given time does not move the clock', () => {
  const clock = movableClock('2026-10-01T00:00:00Z')
  clock.now().setFullYear(1999)
  expect(clock.now().getUTCFullYear()).toBe(2026)
  expect(() => clock.set(new Date('never'))).toThrow('real time')
})

test('the system clock moves on', () => {
  expect(systemClock.now().getTime()).toBeGreaterThan(Date.UTC(2026, 0))
})
