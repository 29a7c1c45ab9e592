import { parseJson, readStreamEntry } from '#metering/stream-entry.ts'
import { parseUsageEvent, type UsageEvent } from '#metering/usage-event.ts'
import type { EventToWrite } from '#metering/writer/insert-events.ts'

export type ReadBody =
  | Readonly<{ kind: 'events'; events: readonly EventToWrite[] }>
  | Readonly<{ kind: 'unreadable'; reason: string }>

/**
 * Reads what was parked, or what somebody entered in its place, as the writer would: one event, a list of
 * events, or the fields of a whole stream entry. All of it can be read, or none of it is.
 */
export function readParkedBody(
  body: string,
  from: Readonly<{ streamId: string; bootId: string | null }>,
): ReadBody {
  const value = parseJson(body)
  if (isTexts(value)) {
    const read = readStreamEntry(from.streamId, value)
    if (read.kind === 'poison') return { kind: 'unreadable', reason: read.reason }
    const { bootId, firstSequence, events } = read.entry
    return readEvents(events, (index) => ({ bootId, bootSequence: firstSequence + index }))
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0) return { kind: 'unreadable', reason: 'it holds no event' }
  return readEvents(list, () => ({ bootId: from.bootId, bootSequence: null }))
}

type Origin = Pick<EventToWrite, 'bootId' | 'bootSequence'>

function readEvents(values: readonly unknown[], originOf: (index: number) => Origin): ReadBody {
  const events: EventToWrite[] = []
  for (const [index, value] of values.entries()) {
    const parsed = parseUsageEvent(value)
    if (parsed.kind === 'poison') return { kind: 'unreadable', reason: parsed.reason }
    events.push({ event: parsed.event, ...originOf(index) })
  }
  return { kind: 'events', events }
}

/** Facts that decide who pays, for what and how much; the rest only describes the call. */
const businessFacts = [
  'eventId',
  'occurredAtMs',
  'mode',
  'buyerId',
  'subscriptionId',
  'productId',
  'productVersionId',
  'scenarioId',
  'purposeClass',
  'priceReference',
  'resultClass',
  'billable',
  'attempts',
  'records',
  'bytes',
  'repeatsEventId',
  'idempotencyKey',
] as const satisfies readonly (keyof UsageEvent)[]

/** Which business facts a corrected body changes; `everything` where the first cannot be compared. */
export function businessChanges(original: string, corrected: readonly UsageEvent[]): string[] {
  const value = parseJson(original)
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const [first] = list
  const [only] = corrected
  if (list.length !== 1 || corrected.length !== 1 || !only || !isObject(first))
    return ['everything']
  return businessFacts.filter((name) => first[name] !== only[name])
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
