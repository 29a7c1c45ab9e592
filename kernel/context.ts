import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { Id } from './ids.ts'
import type { Role } from './permissions.ts'

export type OrganizationKind =
  | 'data_bureau'
  | 'finance_bureau'
  | 'price_authority'
  | 'market_regulator'
  | 'state_asset_regulator'
  | 'security_supervisor'
  | 'auditor'
  | 'platform'
  | 'provider'
  | 'operator'
  | 'buyer'

export type KeyScope = 'data:call' | 'usage:read' | 'bill:read'

export type PersonActor = Readonly<{
  kind: 'person'
  personId: Id<'person'>
  organizationId: Id<'org'>
  organizationKind: OrganizationKind
  roles: readonly Role[]
  name: string
}>
export type KeyActor = Readonly<{
  kind: 'api_key'
  keyId: Id<'key'>
  organizationId: Id<'org'>
  scopes: readonly KeyScope[]
}>
/** A scheduled job or the set-up itself; `job` names it in the audit log. */
export type SystemActor = Readonly<{ kind: 'system'; job: string }>
export type AnonymousActor = Readonly<{ kind: 'anonymous' }>
export type Actor = PersonActor | KeyActor | SystemActor | AnonymousActor

/** Everything a verb depends on. */
export type Context = Readonly<{
  actor: Actor
  clock: Clock
  db: Database
  requestId: string
}>

/** How the actor is named in decided-by columns and in the audit log. */
export function actorId(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.personId
    case 'api_key':
      return actor.keyId
    case 'system':
      return `system:${actor.job}`
    case 'anonymous':
      return 'anonymous'
  }
}

/** The organization the actor acts for, if it acts for one. */
export function actorOrganization(actor: Actor): Id<'org'> | undefined {
  return actor.kind === 'person' || actor.kind === 'api_key' ? actor.organizationId : undefined
}
