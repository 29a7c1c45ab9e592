import type { Context } from '#kernel/context.ts'
import type { Id } from '#kernel/ids.ts'

/** The buyer somebody acts for: a person of it, or one of its keys. */
export function ownBuyer({ actor }: Context): Id<'org'> | undefined {
  if (actor.kind === 'api_key') return actor.organizationId
  return actor.kind === 'person' && actor.organizationKind === 'buyer'
    ? actor.organizationId
    : undefined
}
