/** Where a key stands: `retiring` still works, beside its successor, until the overlap ends. */
export type KeyStanding = 'active' | 'retiring' | 'suspended' | 'revoked' | 'expired'

/** Pure: what a key may do at a moment. At the very moment of its end it is over. */
export function keyStanding(
  key: Readonly<{
    revokedAt: Date | null
    suspendedAt: Date | null
    expiresAt: Date | null
    overlapEndsAt: Date | null
  }>,
  at: Date,
): KeyStanding {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt !== null && key.expiresAt <= at) return 'expired'
  if (key.overlapEndsAt !== null && key.overlapEndsAt <= at) return 'expired'
  if (key.suspendedAt !== null) return 'suspended'
  return key.overlapEndsAt === null ? 'active' : 'retiring'
}
