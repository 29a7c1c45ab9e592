import type { Config } from '#kernel/config.ts'
import { addDays, type Day, dayOf, startOfDay } from '#kernel/period.ts'
import { keepRollUpProof } from '#metering/index.ts'
import { officeTime } from './calendar.ts'
import { openCityGateway } from './city-gateway.ts'
import { doOfficeWork } from './do-office-work.ts'
import { driveCalls } from './drive-calls.ts'
import { type Happening, prepareLateItem } from './late-item.ts'
import { lowerOnePrice } from './list-products.ts'
import { officeDiary } from './office-diary.ts'
import { nightsOf } from './seal-nights.ts'
import { asSetUp, type World } from './world.ts'

export type LiveOptions = Readonly<{
  config: Config
  onProgress: (line: string) => void
  volume: number
}>

/** From the market's opening to now: calls by day and hour, and between them what the offices do. */
export async function liveThrough(world: World, options: LiveOptions): Promise<void> {
  const gateway = await openCityGateway(world, options.config)
  const late = prepareLateItem(world, options.config)
  const happenings = [
    ...officeHappenings(world),
    {
      at: officeTime({ day: addDays(world.calendar.opensOn, 19), time: '10:00' }),
      happen: () => lowerOnePrice(world),
    },
    ...late,
  ].sort((a, b) => a.at.getTime() - b.at.getTime())
  const nights = nightsOf(world)
  let total = 0
  try {
    for (const span of spansBetween(world, happenings)) {
      total += await driveCalls(world, gateway, { ...span, volume: options.volume })
      if (span.isMidnight) await nights.seal(span.to)
      if (span.isEndOfDay)
        options.onProgress(`Demo city: ${span.day}, ${total.toLocaleString('en')} calls`)
      if (span.happening === undefined) continue
      world.clock.moveTo(span.happening.at)
      await gateway.settle()
      await nights.over()
      await span.happening.happen()
    }
    await nights.over()
    await proveLastNight(world)
  } finally {
    await gateway.close()
  }
}

/** What the worker proves each night, of the last one: whoever opens the page finds it there. */
async function proveLastNight(world: World): Promise<void> {
  const to = startOfDay(dayOf(world.calendar.now))
  const from = startOfDay(addDays(dayOf(to), -2))
  await keepRollUpProof(asSetUp(world), { from, to, closes: 'demo-city' })
}

function officeHappenings(world: World): Happening[] {
  return officeDiary(world.calendar).map((entry) => ({
    at: entry.at,
    happen: () => doOfficeWork(world, entry),
  }))
}

type Span = Readonly<{
  day: Day
  from: Date
  to: Date
  isEndOfDay: boolean
  /** The day is over, not only what has passed of today. */
  isMidnight: boolean
  happening: Happening | undefined
}>

/** The time from the opening to now, cut at midnights and at whatever happens. */
function* spansBetween(world: World, happenings: readonly Happening[]): Generator<Span> {
  const { now } = world.calendar
  const waiting = [...happenings]
  let from = world.clock.now()
  while (from < now) {
    const day = dayOf(from)
    const midnight = startOfDay(addDays(day, 1))
    const next = waiting[0]
    const end = midnight < now ? midnight : now
    const happening = next !== undefined && next.at <= end ? waiting.shift() : undefined
    const to =
      happening === undefined ? end : new Date(Math.max(happening.at.getTime(), from.getTime()))
    const isEndOfDay = to.getTime() === end.getTime()
    yield { day, from, to, isEndOfDay, isMidnight: isEndOfDay && end < now, happening }
    from = to
  }
}
