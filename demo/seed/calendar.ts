import {
  addDays,
  addMonths,
  type Day,
  dayOf,
  type Month,
  monthOf,
  startOfDay,
} from '#kernel/period.ts'

/** The months of the demo city: three that are over and the one that is running. */
export type CityCalendar = Readonly<{
  now: Date
  /** The first day of the agreement, which is in its fourth month now. */
  opensOn: Day
  fullMonths: readonly [Month, Month, Month]
  runningMonth: Month
}>

const preparationDays = 40
const hourMs = 3_600_000

export function calendarAt(now: Date): CityCalendar {
  const runningMonth = monthOf(now)
  const opensOn = dayOf(startOfDay(`${addMonths(runningMonth, -3)}-01`))
  return {
    now,
    opensOn,
    fullMonths: [
      addMonths(runningMonth, -3),
      addMonths(runningMonth, -2),
      addMonths(runningMonth, -1),
    ],
    runningMonth,
  }
}

/** When the first organization is registered: well before the agreement begins. */
export function preparationStart(calendar: CityCalendar): Day {
  return addDays(calendar.opensOn, -preparationDays)
}

/** Every hour from the opening to now. */
export function* hoursOf(calendar: CityCalendar): Generator<Readonly<{ day: Day; hour: number }>> {
  const opens = startOfDay(calendar.opensOn).getTime()
  for (let ms = opens; ms < calendar.now.getTime(); ms += hourMs) {
    const day = dayOf(new Date(ms))
    yield { day, hour: (ms - startOfDay(day).getTime()) / hourMs }
  }
}

/** A moment of office life, in Asia/Shanghai: `{ day: '2026-08-03', time: '09:30' }`. */
export function officeTime(at: Readonly<{ day: string; time: string }>): Date {
  const [hours = 0, minutes = 0] = at.time.split(':').map(Number)
  return new Date(startOfDay(at.day).getTime() + (hours * 60 + minutes) * 60_000)
}
