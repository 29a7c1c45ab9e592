import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  addYears,
  dayOf,
  dayPeriod,
  daysBetween,
  daysOfPeriod,
  intersectPeriods,
  isDay,
  makePeriod,
  monthOf,
  monthOfDay,
  monthPeriod,
  nextMonth,
  parseDay,
  parseMonth,
  periodContains,
  previousMonth,
  startOfDay,
  yearPeriod,
} from './period.ts'

const at = (text: string) => new Date(text)
const moments = fc.date({
  min: at('2000-01-01T00:00:00Z'),
  max: at('2099-01-01T00:00:00Z'),
  noInvalidDate: true,
})

test('a day begins at 16:00 UTC of the day before', () => {
  expect(dayOf(at('2026-10-31T15:59:59.999Z'))).toBe('2026-10-31')
  expect(dayOf(at('2026-10-31T16:00:00.000Z'))).toBe('2026-11-01')
  expect(startOfDay('2026-11-01')).toEqual(at('2026-10-31T16:00:00Z'))
})

test('the same answers as the time zone tables of the system', () => {
  const shanghai = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
  })
  fc.assert(fc.property(moments, (moment) => dayOf(moment) === shanghai.format(moment)))
})

test('every moment lies in the period of its day, of its month and of its year', () => {
  fc.assert(
    fc.property(moments, (moment) => {
      const month = monthOf(moment)
      for (const period of [
        dayPeriod(dayOf(moment)),
        monthPeriod(month),
        yearPeriod(Number(month.slice(0, 4))),
      ])
        expect(periodContains(period, moment)).toBe(true)
    }),
  )
})

test('months follow each other without a gap', () => {
  const month = parseMonth('2026-12')
  expect(nextMonth(month)).toBe('2027-01')
  expect(previousMonth(parseMonth('2027-01'))).toBe('2026-12')
  expect(monthPeriod(month).to).toEqual(monthPeriod(nextMonth(month)).from)
  expect(addMonths(month, -25)).toBe('2024-11')
  expect(monthOfDay('2026-10-31')).toBe('2026-10')
})

test('a period is half-open and must not be empty', () => {
  const period = dayPeriod('2026-10-31')
  expect(periodContains(period, period.from)).toBe(true)
  expect(periodContains(period, period.to)).toBe(false)
  expect(() => makePeriod({ from: period.to, to: period.to })).toThrow('a period ends')
  expect(() => makePeriod({ from: period.to, to: new Date(Number.NaN) })).toThrow('a period ends')
})

test('two periods share what both contain, and touching ones share nothing', () => {
  const october = monthPeriod(parseMonth('2026-10'))
  const november = monthPeriod(parseMonth('2026-11'))
  const around = makePeriod({ from: startOfDay('2026-10-30'), to: startOfDay('2026-11-02') })
  expect(intersectPeriods(october, november)).toBeNull()
  expect(intersectPeriods(october, around)).toEqual({
    from: startOfDay('2026-10-30'),
    to: october.to,
  })
})

describe('days', () => {
  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '1991-01-01',
    '2026-1-1',
    '2026-10-31T00',
    '',
  ])('refuses %j', (text) => expect(() => parseDay(text)).toThrow('VALIDATION_FAILED'))

  test('are counted across months and leap years', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
    expect(daysBetween({ from: '2026-10-31', to: '2026-11-02' })).toBe(2)
    expect(daysOfPeriod(monthPeriod(parseMonth('2026-11')))).toHaveLength(30)
  })

  test('an agreement of three years from 29 February ends on the 28th', () => {
    expect(addYears('2028-02-29', 3)).toBe('2031-02-28')
    expect(addYears('2026-09-01', 3)).toBe('2029-09-01')
    expect(isDay('2026-10-31')).toBe(true)
  })
})
