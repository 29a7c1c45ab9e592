import { parseApiKey, hashApiKey } from '#kernel/api-key-format.ts'
import { keyStanding } from '#governance/index.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Actor, KeyScope, PersonActor } from '#kernel/context.ts'
import type { Database } from '#kernel/database.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Identify } from '#api/deps.ts'
import { findPersonOfUser, type SignedInPerson } from './people.queries.ts'
import type { SessionService } from './session-service.ts'

/** Which of a person's organizations a request is for: a header, else the cookie of their last choice. */
export const organizationHeader = 'x-organization'
export const organizationCookie = 'xn_organization'

type IdentifyDeps = Readonly<{ db: Database; clock: Clock; sessions: SessionService }>

/**
 * Finds out who asks. A key stands in the Authorization header and wins over a cookie. Roles are read anew each
 * time, so a removed or suspended person, an ended role and a revoked key are out with the next request.
 */
export function identifyBy(deps: IdentifyDeps): Identify {
  return async (request) => {
    const authorization = request.headers.get('authorization')
    if (authorization !== null) return keyActor(deps, authorization)
    const userId = await deps.sessions.userIdOf(request.headers)
    const person = userId === undefined ? undefined : await findPersonOfUser(deps.db, userId)
    return person?.status === 'active'
      ? personActor(person, request.headers)
      : { kind: 'anonymous' }
  }
}

/** Errors: NOT_FOUND for an organization the person is not of. */
function personActor(person: SignedInPerson, headers: Headers): Actor {
  const asked = headers.get(organizationHeader) ?? undefined
  const chosen = asked ?? cookieOf(headers, organizationCookie)
  const own = (id: string | undefined) =>
    person.memberships.find((membership) => membership.organizationId === id)
  const organization = own(chosen) ?? (asked === undefined ? person.memberships[0] : undefined)
  if (!organization) {
    if (asked !== undefined) throw new DomainError('NOT_FOUND')
    return { kind: 'anonymous' }
  }
  const roles = person.memberships
    .filter((membership) => membership.organizationId === organization.organizationId)
    .map((membership) => membership.role)
  const actor: PersonActor = {
    kind: 'person',
    personId: person.id,
    organizationId: organization.organizationId,
    organizationKind: organization.organizationKind,
    roles,
    name: person.name,
  }
  return actor
}

/**
 * What a key reads here are facts of live use, so a key of the sandbox is refused (R35). Errors:
 * UNAUTHENTICATED, KEY_REVOKED, KEY_EXPIRED, KEY_SUSPENDED, KEY_WRONG_MODE.
 */
async function keyActor({ db, clock }: IdentifyDeps, authorization: string): Promise<Actor> {
  const parsed = parseApiKey(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '')
  if (!parsed) throw new DomainError('UNAUTHENTICATED')
  const key = await db
    .selectFrom('governance.api_key')
    .select(['id', 'buyer_id', 'mode', 'scopes', 'expires_at', 'overlap_ends_at'])
    .select(['revoked_at', 'suspended_at'])
    .where('secret_digest', '=', hashApiKey(parsed.key))
    .executeTakeFirst()
  if (!key) throw new DomainError('UNAUTHENTICATED')
  const standing = keyStanding(
    {
      revokedAt: key.revoked_at,
      suspendedAt: key.suspended_at,
      expiresAt: key.expires_at,
      overlapEndsAt: key.overlap_ends_at,
    },
    clock.now(),
  )
  if (standing === 'revoked') throw new DomainError('KEY_REVOKED')
  if (standing === 'expired') throw new DomainError('KEY_EXPIRED')
  if (standing === 'suspended') throw new DomainError('KEY_SUSPENDED')
  if (key.mode === 'sandbox') throw new DomainError('KEY_WRONG_MODE')
  return {
    kind: 'api_key',
    keyId: key.id as Id<'key'>,
    organizationId: key.buyer_id as Id<'org'>,
    scopes: key.scopes as KeyScope[],
  }
}

function cookieOf(headers: Headers, name: string): string | undefined {
  const found = (headers.get('cookie') ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
