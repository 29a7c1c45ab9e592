import { type CitySubscription, subscriptions } from '#demo/city/subscriptions.ts'
import { type Random, seededRandom } from '#demo/simulator/random.ts'
import { startOfDay } from '#kernel/period.ts'
import { type CityCalendar, hoursOf } from './calendar.ts'

/** What a planned call is meant to meet. */
export type PlannedOutcome =
  'found' | 'not_found' | 'malformed' | 'failing' | 'slow' | 'repeat' | 'sandbox'

export type PlannedCall = Readonly<{
  at: Date
  subscription: CitySubscription
  outcome: PlannedOutcome
  /** Chooses who or what is asked for. */
  pick: number
}>

/** Of a working day's calls, the share of each hour: two humps around lunch, little at night. */
const hourShares = [
  0.4, 0.3, 0.2, 0.2, 0.3, 0.6, 1.4, 3, 7.5, 10, 10.5, 8.5, 4.5, 5, 8.5, 9.5, 9, 7, 4.2, 3.4, 2.8,
  1.9, 0.9, 0.4,
]
const shareSum = hourShares.reduce((sum, share) => sum + share, 0)
const hourMs = 3_600_000

/** In a thousand calls; the rest finds something. */
const outcomesPerMille: readonly (readonly [PlannedOutcome, number])[] = [
  ['not_found', 95],
  ['malformed', 12],
  ['repeat', 12],
  ['failing', 4],
]

/** The plan of the city asks for 60,000 in all. */
const callsMeant = 61_500

/** Scales the traffic so that the city has about that many calls on whatever day of a month it is built. */
export function volumeOf(calendar: CityCalendar): number {
  let calls = 0
  for (const hour of hoursOf(calendar))
    calls += planHour({ ...hour, volume: 1 }, subscriptions).length
  return callsMeant / calls
}

/**
 * All calls of one hour of one day, in order of time: the same for the same day and volume on every
 * machine. `volume` scales the city for tests; 1 is the real one.
 */
export function planHour(
  hour: Readonly<{ day: string; hour: number; volume: number }>,
  of: readonly CitySubscription[],
): PlannedCall[] {
  const startMs = startOfDay(hour.day).getTime() + hour.hour * hourMs
  const weekday = new Date(startMs + 8 * hourMs).getUTCDay()
  const isWeekend = weekday === 0 || weekday === 6
  const share = (hourShares[hour.hour] ?? 0) / shareSum
  const calls = of.flatMap((subscription, index) => {
    const random = seededRandom(startMs / hourMs + index * 1_000_003)
    const mean =
      subscription.callsPerWorkday *
      (isWeekend ? subscription.weekendShare : 1) *
      share *
      hour.volume *
      (0.85 + random.fraction() * 0.3)
    const count = Math.floor(mean) + (random.chance(mean % 1) ? 1 : 0)
    return Array.from({ length: count }, () => planCall({ subscription, startMs, random }))
  })
  return calls.sort((a, b) => a.at.getTime() - b.at.getTime())
}

function planCall(
  within: Readonly<{ subscription: CitySubscription; startMs: number; random: Random }>,
): PlannedCall {
  const { subscription, startMs, random } = within
  return {
    at: new Date(startMs + random.whole(0, hourMs - 60_000)),
    subscription,
    outcome: planOutcome(random),
    pick: random.whole(0, 1_000_000),
  }
}

function planOutcome(random: Random): PlannedOutcome {
  let ticket = random.whole(0, 999)
  for (const [outcome, share] of outcomesPerMille) {
    if (ticket < share) return outcome
    ticket -= share
  }
  return 'found'
}
