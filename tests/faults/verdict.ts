import { sql } from 'kysely'
import { proveRollUps } from '#metering/index.ts'
import type { Attempt, CallerCount } from './callers.ts'
import { until } from './until.ts'
import type { UsageCity } from './usage-city.ts'

/** What is stored, held against what the callers counted. */
export type Verdict = Readonly<{
  sent: number
  answered: number
  counted: number
  unrecorded: number
  unanswered: number
  /** Attempts in usage events: of answered calls, of refusals counted together, of calls without an answer. */
  stored: number
  /** Attempts in gap records and among those whose key could not be read. */
  gaps: number
  faults: Readonly<{
    /** Answered and not stored. */
    lost: number
    /** Stored, but neither answered nor an attempt that got no answer. */
    unexplained: number
    /** Stored as charged and answered as not, or the other way. */
    chargedOtherwise: number
    /** Charges of one request, or of one Idempotency-Key, beyond the first. */
    chargedTwice: number
    /** Refusals for rate or concurrency that are not in an event, or in one too many. */
    miscounted: number
    /** Refusals for want of a store that are in no gap record, or in one too many. */
    gapsAmiss: number
    /** Hours whose roll-ups do not say what their events say. */
    rollUpsAmiss: number
    parked: number
  }>
}>

export function isFlawless(verdict: Verdict): boolean {
  return Object.values(verdict.faults).every((number) => number === 0)
}

export const flawless: Verdict['faults'] = {
  lost: 0,
  unexplained: 0,
  chargedOtherwise: 0,
  chargedTwice: 0,
  miscounted: 0,
  gapsAmiss: 0,
  rollUpsAmiss: 0,
  parked: 0,
}

/** Waits until what was answered is stored, then judges. `gatewayDied`: its uncounted refusals died with it. */
export async function judge(
  city: UsageCity,
  count: CallerCount,
  { gatewayDied }: Readonly<{ gatewayDied: boolean }>,
): Promise<Verdict> {
  await city.untilReady()
  await city.untilWritten()
  let verdict = await look(city, count, gatewayDied)
  await until(
    'everything is stored',
    async () => {
      verdict = await look(city, count, gatewayDied)
      return isFlawless(verdict)
    },
    30_000,
  ).catch(() => undefined)
  return verdict
}

async function look(city: UsageCity, count: CallerCount, gatewayDied: boolean): Promise<Verdict> {
  const events = await listEvents(city)
  const own = events.filter((event) => !isCounted(event))
  const byId = new Map(own.map((event) => [event.event_id, event]))
  const answeredIds = new Set(count.answered.map((answer) => answer.requestId))
  const refusedTogether = sumOf(events.filter(isCounted))
  const gaps = await sumGaps(city)
  const proof = await proveRollUps(city.database.db, {
    from: new Date('2026-01-01T00:00:00Z'),
    to: new Date('2036-01-01T00:00:00Z'),
  })
  const unanswered = count.unanswered.length
  return {
    sent: count.attempts.length,
    answered: count.answered.length,
    counted: count.counted,
    unrecorded: count.unrecorded,
    unanswered,
    stored: sumOf(events),
    gaps,
    faults: {
      lost: [...answeredIds].filter((id) => !byId.has(id)).length,
      unexplained:
        count.answered.length -
        answeredIds.size +
        unexplained(
          city,
          count.unanswered,
          own.filter((event) => !answeredIds.has(event.event_id)),
        ),
      chargedOtherwise: count.answered.filter(
        (answer) => (byId.get(answer.requestId)?.billable ?? answer.billed) !== answer.billed,
      ).length,
      chargedTwice: chargesBeyondTheFirst(own),
      miscounted: outside(
        refusedTogether,
        count.counted,
        count.counted + unanswered + count.unrecorded,
      ),
      gapsAmiss: outside(gaps, gatewayDied ? 0 : count.unrecorded, count.unrecorded + unanswered),
      rollUpsAmiss: proof.hoursThatDiffer.length + (proof.events === BigInt(events.length) ? 0 : 1),
      parked: await countParked(city),
    },
  }
}

type StoredEvent = Readonly<{
  event_id: string
  billable: boolean
  attempts: number
  reason: string
  request_digest: string | null
}>

function listEvents({ database }: UsageCity): Promise<StoredEvent[]> {
  return database.db
    .selectFrom('metering.usage_event')
    .select(['event_id', 'billable', 'attempts', 'reason', 'request_digest'])
    .execute()
}

function isCounted(event: StoredEvent): boolean {
  return event.reason === 'rate_limited' || event.reason === 'concurrency_exceeded'
}

function sumOf(events: readonly StoredEvent[]): number {
  return events.reduce((sum, event) => sum + event.attempts, 0)
}

/** How far a number is from a span. */
function outside(value: number, least: number, most: number): number {
  return Math.max(least - value, value - most, 0)
}

/** Events that are not the attempt of a caller that got no answer: each such attempt explains one. */
function unexplained(
  city: UsageCity,
  unanswered: readonly Attempt[],
  others: readonly StoredEvent[],
): number {
  const expected = new Map<string, number>()
  for (const { body } of unanswered) {
    const digest = city.keys.hmac('request_digest', `POST\nhousing-fund-credit\n/query\n\n${body}`)
    expected.set(digest, (expected.get(digest) ?? 0) + 1)
  }
  let found = 0
  for (const { request_digest: digest } of others) {
    const left = digest === null ? 0 : (expected.get(digest) ?? 0)
    if (digest === null || left === 0) found += 1
    else expected.set(digest, left - 1)
  }
  return found
}

/** Every call asks something of its own and only its repeats ask it again, so a request pays once. */
function chargesBeyondTheFirst(events: readonly StoredEvent[]): number {
  const charged = events.filter((event) => event.billable)
  return charged.length - new Set(charged.map((event) => event.request_digest)).size
}

async function sumGaps({ database }: UsageCity): Promise<number> {
  const result = await sql<{ attempts: string }>`
    select (select coalesce(sum(attempts), 0) from metering.gap_record where reason = 'usage_store_unavailable')
      + (select coalesce(sum(attempts), 0) from metering.keyless_minute where reason = 'access_unreadable')
      as attempts`.execute(database.db)
  return Number(result.rows[0]?.attempts ?? 0)
}

async function countParked({ database }: UsageCity): Promise<number> {
  const row = await database.db
    .selectFrom('metering.parked_entry')
    .select((eb) => eb.fn.countAll<bigint>().as('parked'))
    .executeTakeFirstOrThrow()
  return Number(row.parked)
}
