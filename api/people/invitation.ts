import { randomBytes } from 'node:crypto'
import { digest } from '#kernel/crypto/digest.ts'

/** Who holds the link may accept, so only the digest of its token is kept. */
export function newToken(): Readonly<{ token: string; tokenDigest: string }> {
  const token = randomBytes(32).toString('base64url')
  return { token, tokenDigest: digestOfToken(token) }
}

export function digestOfToken(token: string): string {
  return digest('sha256', token)
}

/** The token stands behind `#`: a browser keeps that part to itself, so it is in no log. */
export function invitationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/console/accept-invitation#token=${token}`
}
