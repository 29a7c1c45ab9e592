import { invariant, refuseValue } from './errors.ts'

declare const made: unique symbol

/** From a moment up to, not including, another: half-open, checked when made. */
export type Period = Readonly<{ from: Date; to: Date }> & { readonly [made]: 'period' }
/** A business month `2026-10` in Asia/Shanghai. */
export type Month = string & { readonly [made]: 'month' }
/** A business day `2026-10-31` in Asia/Shanghai. */
export type Day = string & { readonly [made]: 'day' }

// Asia/Shanghai has kept +08:00 without summer time since 1991, so a fixed offset is exact for every
// day this platform can know, and needs no time zone tables.
const offsetMs = 8 * 3_600_000
const dayMs = 86_400_000

export function makePeriod(bounds: { from: Date; to: Date }): Period {
  const { from, to } = bounds
  invariant(from.getTime() < to.getTime(), 'a period ends after it begins')
  return { from: new Date(from), to: new Date(to) } as Period
}

export function periodContains(period: Period, at: Date): boolean {
  return period.from.getTime() <= at.getTime() && at.getTime() < period.to.getTime()
}

/** What two periods share, or null. */
export function intersectPeriods(a: Period, b: Period): Period | null {
  const from = a.from > b.from ? a.from : b.from
  const to = a.to < b.to ? a.to : b.to
  return from < to ? makePeriod({ from, to }) : null
}

export function parseDay(text: string, field = 'day'): Day {
  return isDay(text) ? text : refuseValue(field, 'not_a_day')
}

export function isDay(text: string): text is Day {
  if (!/^(?:199[2-9]|2[0-9]{3})-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

export function parseMonth(text: string, field = 'month'): Month {
  return isMonth(text) ? text : refuseValue(field, 'not_a_month')
}

export function isMonth(text: string): text is Month {
  return /^(?:199[2-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])$/.test(text)
}

/** The business day a moment falls on. */
export function dayOf(at: Date): Day {
  return parseDay(localText(at).slice(0, 10))
}

/** The business month a moment falls in. */
export function monthOf(at: Date): Month {
  return parseMonth(localText(at).slice(0, 7))
}

export function monthOfDay(day: string): Month {
  return parseMonth(parseDay(day).slice(0, 7))
}

/** Midnight in Asia/Shanghai, where the day begins. Days are checked at run time, as rows hold text. */
export function startOfDay(day: string): Date {
  return new Date(`${parseDay(day)}T00:00:00+08:00`)
}

export function dayPeriod(day: string): Period {
  return makePeriod({ from: startOfDay(day), to: startOfDay(addDays(day, 1)) })
}

export function monthPeriod(month: Month): Period {
  return makePeriod({ from: startOfMonth(month), to: startOfMonth(nextMonth(month)) })
}

export function yearPeriod(year: number): Period {
  return makePeriod({
    from: startOfDay(`${year}-01-01`),
    to: startOfDay(`${year + 1}-01-01`),
  })
}

export function yearOfMonth(month: Month): number {
  return Number(month.slice(0, 4))
}

export function nextMonth(month: Month): Month {
  return addMonths(month, 1)
}

export function previousMonth(month: Month): Month {
  return addMonths(month, -1)
}

export function addMonths(month: Month, count: number): Month {
  invariant(Number.isInteger(count), 'months are counted in whole numbers')
  const months = yearOfMonth(month) * 12 + Number(month.slice(5)) - 1 + count
  return parseMonth(`${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`)
}

export function addDays(day: string, count: number): Day {
  invariant(Number.isInteger(count), 'days are counted in whole numbers')
  return dayOf(new Date(startOfDay(day).getTime() + count * dayMs))
}

/** Years later on the same date; 29 February becomes the 28th where there is none. */
export function addYears(day: string, count: number): Day {
  const checked = parseDay(day)
  const later = `${Number(checked.slice(0, 4)) + count}${checked.slice(4)}`
  return isDay(later) ? later : parseDay(later.replace(/29$/, '28'))
}

/** The days a period touches, in order. */
export function daysOfPeriod(period: Period): Day[] {
  const days: Day[] = []
  for (let day = dayOf(period.from); startOfDay(day) < period.to; day = addDays(day, 1))
    days.push(day)
  return days
}

/** Whole days from one business day to another. */
export function daysBetween(bounds: { from: string; to: string }): number {
  return (startOfDay(bounds.to).getTime() - startOfDay(bounds.from).getTime()) / dayMs
}

function startOfMonth(month: Month): Date {
  return startOfDay(`${month}-01`)
}

function localText(at: Date): string {
  return new Date(at.getTime() + offsetMs).toISOString()
}
