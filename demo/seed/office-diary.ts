import { addDays, monthPeriod, nextMonth, type Month, dayOf } from '#kernel/period.ts'
import { type CityCalendar, officeTime } from './calendar.ts'

/** What the offices do about a month, in the order they do it. */
export type OfficeWork =
  | 'run_bills'
  | 'issue_bills'
  | 'confirm_bills'
  | 'compose_statement'
  | 'sign_statement'
  | 'review_statement'
  | 'import_payments'
  | 'pay_treasury'

export type OfficeEntry = Readonly<{ at: Date; work: OfficeWork; month: Month }>

/** On which day of the month after, and when, each is done. */
const habits: readonly Readonly<{ work: OfficeWork; day: number; time: string }>[] = [
  { work: 'run_bills', day: 1, time: '03:00' },
  { work: 'issue_bills', day: 2, time: '09:30' },
  { work: 'confirm_bills', day: 4, time: '14:00' },
  { work: 'compose_statement', day: 3, time: '10:00' },
  { work: 'sign_statement', day: 3, time: '10:30' },
  { work: 'review_statement', day: 8, time: '15:00' },
  { work: 'import_payments', day: 11, time: '16:00' },
  { work: 'pay_treasury', day: 14, time: '10:00' },
]

/**
 * The offices' diary up to now, in order of time. Last month's statement is made and signed but left
 * waiting for the finance bureau; early in a month its making is moved forward, so that it waits then
 * too. Nothing else is done before its day.
 */
export function officeDiary(calendar: CityCalendar): OfficeEntry[] {
  const { now, fullMonths } = calendar
  const lastMonth = fullMonths[2]
  return fullMonths
    .flatMap((month) => habits.map(({ work, ...when }) => ({ work, month, at: at(month, when) })))
    .filter(({ work, month }) => month !== lastMonth || !leftToFinance.includes(work))
    .map((entry) =>
      entry.month === lastMonth && statementWork.includes(entry.work)
        ? { ...entry, at: broughtForward(calendar, entry) }
        : entry,
    )
    .filter((entry) => entry.at <= now)
    .sort((a, b) => a.at.getTime() - b.at.getTime() || order(a.work) - order(b.work))
}

const statementWork: readonly OfficeWork[] = ['compose_statement', 'sign_statement']
const leftToFinance: readonly OfficeWork[] = ['review_statement', 'pay_treasury']

function order(work: OfficeWork): number {
  return habits.findIndex((habit) => habit.work === work)
}

function at(month: Month, when: Readonly<{ day: number; time: string }>): Date {
  const first = dayOf(monthPeriod(nextMonth(month)).from)
  return officeTime({ day: addDays(first, when.day - 1), time: when.time })
}

/** At its own time, or before now if that is sooner: a third or two thirds into what has passed of the month. */
function broughtForward(calendar: CityCalendar, entry: OfficeEntry): Date {
  if (entry.at <= calendar.now) return entry.at
  const startMs = monthPeriod(calendar.runningMonth).from.getTime()
  const passedMs = calendar.now.getTime() - startMs
  const third = statementWork.indexOf(entry.work) + 1
  return new Date(startMs + Math.floor((passedMs * third) / 3))
}
