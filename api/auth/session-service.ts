import { betterAuth } from 'better-auth'
import pg from 'pg'
import { invariant } from '#kernel/errors.ts'
import { hashPassword, verifyPassword } from './password.ts'

export type SignInAttempt = Readonly<{
  email: string
  password: string
  /** The address of the caller as the connection says it, never as a header claims it. */
  address: string
  userAgent: string | undefined
}>

export type SignInOutcome =
  | Readonly<{ kind: 'opened'; cookies: readonly string[] }>
  | Readonly<{ kind: 'refused' }>
  | Readonly<{ kind: 'too_many'; retryAfterSeconds: number }>

/** Sessions: what better-auth does for us, and all we use of it. Who may sign in at all is decided above. */
export interface SessionService {
  open(attempt: SignInAttempt): Promise<SignInOutcome>
  /** The account whose session the cookie names, if it is still open. */
  userIdOf(headers: Headers): Promise<string | undefined>
  /** Ends the session; gives the cookies that make the browser forget it. */
  end(headers: Headers): Promise<readonly string[]>
  close(): Promise<void>
}

export type SessionServiceOptions = Readonly<{
  databaseUrl: string
  secret: string
  publicUrl: string
  poolSize?: number
  onConnectionLost?: (error: Error) => void
}>

// Set by us on a request of our own; what a client sends under this name never gets here.
const addressHeader = 'x-client-address'
const attemptsPerMinute = 30

/**
 * better-auth's own HTTP surface is not served: our route asks its handler with a request of ours, so that its
 * rate limit holds, and nothing else of it can be reached.
 */
export function openSessionService(options: SessionServiceOptions): SessionService {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    options: '-c search_path=auth',
    max: options.poolSize ?? 4,
    application_name: 'data-marketplace-sign-in',
  })
  pool.on('error', (error) => options.onConnectionLost?.(error))
  const auth = configure(pool, options)
  const base = `${options.publicUrl}/api/auth`
  return {
    open: async (attempt) => {
      const answer = await auth.handler(
        new Request(`${base}/sign-in/email`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            origin: new URL(options.publicUrl).origin,
            [addressHeader]: attempt.address,
            ...(attempt.userAgent === undefined ? {} : { 'user-agent': attempt.userAgent }),
          },
          body: JSON.stringify({ email: attempt.email, password: attempt.password }),
        }),
      )
      return outcomeOf(answer)
    },
    userIdOf: async (headers) => {
      if (!headers.has('cookie')) return undefined
      // Only the cookie: no other header of the caller's is better-auth's business.
      const found = await auth.api.getSession({
        headers: cookieOnly(headers),
        query: { disableCookieCache: true },
      })
      return found?.user.id
    },
    end: async (headers) => {
      const answer = await auth.api.signOut({ headers: cookieOnly(headers), asResponse: true })
      return answer.headers.getSetCookie()
    },
    close: () => pool.end(),
  }
}

function configure(pool: pg.Pool, options: SessionServiceOptions) {
  return betterAuth({
    database: pool,
    secret: options.secret,
    baseURL: options.publicUrl,
    trustedOrigins: [new URL(options.publicUrl).origin],
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(hash, password),
      },
    },
    session: {
      expiresIn: 12 * 60 * 60,
      updateAge: 60 * 60,
      // With it an ended session would stay good until the cookie's own end.
      cookieCache: { enabled: false },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: { '/sign-in/email': { window: 60, max: attemptsPerMinute } },
    },
    advanced: {
      cookiePrefix: 'xn',
      useSecureCookies: options.publicUrl.startsWith('https:'),
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    logger: { disabled: true },
  })
}

function cookieOnly(headers: Headers): Headers {
  return new Headers({ cookie: headers.get('cookie') ?? '' })
}

function outcomeOf(answer: Response): SignInOutcome {
  if (answer.ok) return { kind: 'opened', cookies: answer.headers.getSetCookie() }
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get('x-retry-after') ?? '60')
    return { kind: 'too_many', retryAfterSeconds: seconds }
  }
  invariant(answer.status < 500, `the sign-in answered ${answer.status}`)
  return { kind: 'refused' }
}
