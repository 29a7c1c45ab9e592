import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/database.ts'
import { newId } from '#kernel/ids.ts'
import { invitationLink, newToken } from './invitation.ts'
import { anybodyIsRegistered, insertInvitation } from './invitation.queries.ts'

const validMs = 24 * 60 * 60 * 1000

/**
 * While nobody is registered, each start gives a link by which the first administrator comes in. Undefined
 * once somebody is there; then all such links are dead.
 */
export async function offerFirstAdministrator(
  deps: Readonly<{ db: Database; clock: Clock; publicUrl: string }>,
): Promise<string | undefined> {
  if (await anybodyIsRegistered(deps.db)) return undefined
  const now = deps.clock.now()
  const { token, tokenDigest } = newToken()
  await insertInvitation(deps.db, {
    id: newId('invite', deps.clock),
    kind: 'first_administrator',
    tokenDigest,
    roles: ['system_admin', 'organization_admin'],
    invitedBy: 'system:start',
    invitedAt: now,
    expiresAt: new Date(now.getTime() + validMs),
  })
  return invitationLink(deps.publicUrl, token)
}
