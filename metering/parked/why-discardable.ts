import { sql } from 'kysely'
import type { Database } from '#kernel/database.ts'
import { parseJson } from '#metering/stream-entry.ts'
import { isEventId, msOfUuid } from '#metering/usage-event.ts'
import type { ParkedEntry } from './parked.queries.ts'

export type DiscardGround = 'not_ours' | 'duplicate'

const ownIdForm = /\b(?:boot|org|key|source)_[0-9a-hjkmnp-tv-z]{20}\b/g

/**
 * Why a parked entry may be thrown away: every event it names is stored, or nothing in it – no boot, no
 * organization, no key – was ever ours. Otherwise somebody may have been served for it,
 * and it must be read, never forgotten: null.
 */
export async function whyDiscardable(
  db: Database,
  entry: Pick<ParkedEntry, 'body' | 'bootId'>,
): Promise<DiscardGround | null> {
  const eventIds = eventIdsOf(entry.body)
  if (eventIds.length > 0 && (await countStored(db, eventIds)) === new Set(eventIds).size)
    return 'duplicate'
  const named = [...entry.body.matchAll(ownIdForm)].map((match) => match[0])
  return (await namesAnyOfOurs(db, [...named, entry.bootId ?? ''])) ? null : 'not_ours'
}

/** The ids of all events a body holds; none where one of them cannot be told. */
function eventIdsOf(body: string): string[] {
  const value = parseJson(body)
  const isEntry = Array.isArray(value) && typeof value[0] === 'string'
  const told: unknown = isEntry ? parseJson(String(value[value.indexOf('e') + 1])) : value
  const ids = (Array.isArray(told) ? told : [told]).map((each: unknown) =>
    typeof each === 'object' && each !== null && 'eventId' in each ? each.eventId : undefined,
  )
  return ids.every((id) => typeof id === 'string' && isEventId(id)) ? (ids as string[]) : []
}

/** How many of these ids are stored; the time in an id leads to its partition. */
async function countStored(db: Database, eventIds: readonly string[]): Promise<number> {
  const unique = [...new Set(eventIds)]
  const times = unique.map((id) => new Date(msOfUuid(id)).toISOString())
  const result = await sql<{ stored: string }>`
    select count(distinct e.event_id)::text as stored
    from unnest(${unique}::uuid[], ${times}::timestamptz[]) as told(event_id, occurred_at)
    join metering.usage_event e using (occurred_at, event_id)`.execute(db)
  return Number(result.rows[0]?.stored ?? 0)
}

async function namesAnyOfOurs(db: Database, ids: readonly string[]): Promise<boolean> {
  const result = await sql<{ known: boolean }>`
    select exists (select 1 from metering.gateway_boot where boot_id = any(${ids}::text[]))
      or exists (select 1 from governance.organization where id = any(${ids}::text[]))
      or exists (select 1 from governance.api_key where id = any(${ids}::text[]))
      or exists (select 1 from metering.batch_source where id = any(${ids}::text[])) as known`.execute(
    db,
  )
  return result.rows[0]?.known ?? false
}
