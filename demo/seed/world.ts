import type { Actor, Context, PersonActor } from '#kernel/context.ts'
import type { KeyRing } from '#kernel/crypto/key-ring.ts'
import type { Database } from '#kernel/database.ts'
import { invariant } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { DocumentKey } from '#demo/city/documents.ts'
import type { CityCalendar } from './calendar.ts'
import type { CityClock } from './city-clock.ts'

/** Where the city is built, and what of it exists by now: ids by the keys of demo/city. */
export type World = Readonly<{
  db: Database
  keys: KeyRing
  clock: CityClock
  calendar: CityCalendar
  organizations: Map<string, Id<'org'>>
  people: Map<string, PersonActor>
  documents: Map<DocumentKey, Id<'policy'>>
  resources: Map<string, Id<'resource'>>
  scenarios: Map<string, Id<'scenario'>>
  products: Map<string, Readonly<{ productId: Id<'product'>; versionId: Id<'pver'> }>>
  priceItems: Map<string, Id<'pitem'>>
  subscriptions: Map<string, Id<'sub'>>
  /** The live key of each subscription, and one sandbox key, as shown when they were made. */
  apiKeys: Map<string, string>
}>

export type WorldContext = Context & Readonly<{ keys: KeyRing }>

export function emptyWorld(base: Pick<World, 'db' | 'keys' | 'clock' | 'calendar'>): World {
  return {
    ...base,
    organizations: new Map(),
    people: new Map(),
    documents: new Map(),
    resources: new Map(),
    scenarios: new Map(),
    products: new Map(),
    priceItems: new Map(),
    subscriptions: new Map(),
    apiKeys: new Map(),
  }
}

/** What a person of the city does, after whatever was done before. */
export function as(world: World, person: string): WorldContext {
  return contextOf(world, of(world.people, person))
}

/** The platform's own set-up, before there is anybody who could act. */
export function asSetUp(world: World): WorldContext {
  return contextOf(world, { kind: 'system', job: 'demo-city' })
}

function contextOf(world: World, actor: Actor): WorldContext {
  const at = world.clock.step()
  return {
    actor,
    clock: world.clock,
    db: world.db,
    keys: world.keys,
    requestId: `demo-city-${at.getTime().toString(36)}`,
  }
}

/** What must exist by now; a missing one is a fault of the city's data. */
export function of<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  invariant(value !== undefined, `the demo city knows ${String(key)}`)
  return value
}
