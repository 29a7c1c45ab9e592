import { csrf } from 'hono/csrf'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'
import type { AppEnv } from '#api/deps.ts'
import { DomainError } from '#kernel/errors.ts'

type Policy = NonNullable<NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy']>

const nothing = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
} satisfies Policy

/** Public pages and documents: no script at all. */
const pagePolicy = {
  ...nothing,
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
} satisfies Policy

/** The console and the API reference: our own scripts; their libraries write style attributes. */
const scriptPolicy = {
  ...pagePolicy,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
} satisfies Policy

/** Print documents bring their own page rules (paper, page numbers, widths) and no script. */
const documentPolicy = {
  ...pagePolicy,
  styleSrc: ["'self'", "'unsafe-inline'"],
  formAction: ["'none'"],
} satisfies Policy

function headersFor(policy: Policy, strictTransport: boolean) {
  return secureHeaders({
    contentSecurityPolicy: policy,
    strictTransportSecurity: strictTransport ? 'max-age=31536000' : false,
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
  })
}

/** Headers by what is served: data has nothing to run, pages have no script, the console has its own. */
export function securityHeaders(publicUrl: string) {
  const strict = publicUrl.startsWith('https:')
  const forData = headersFor(nothing, strict)
  const forPages = headersFor(pagePolicy, strict)
  const forScripts = headersFor(scriptPolicy, strict)
  const forDocuments = headersFor(documentPolicy, strict)
  return createMiddleware<AppEnv>((c, next) => {
    const { path } = c.req
    if (path.startsWith('/documents/')) return forDocuments(c, next)
    if (path.startsWith('/console') || path.startsWith('/docs')) return forScripts(c, next)
    if (/^\/(?:v1|data)\/|^\/(?:metrics|readyz|openapi\.json)$/.test(path)) return forData(c, next)
    return forPages(c, next)
  })
}

/**
 * Refuses what another site makes a browser send with our cookie. A browser always says where a request comes
 * from; what says nothing is no browser and has no stolen cookie. Errors: CROSS_ORIGIN.
 */
export function sameOriginOnly(publicUrl: string) {
  const own = new URL(publicUrl).origin
  const check = csrf({
    origin: (origin, c) =>
      origin === own || (URL.canParse(origin) && new URL(origin).host === c.req.header('host')),
    secFetchSite: ['same-origin', 'none'],
  })
  return createMiddleware<AppEnv>(async (c, next) => {
    const says = c.req.header('origin') ?? c.req.header('sec-fetch-site')
    if (says === undefined || c.req.header('authorization') !== undefined) return next()
    let passed = false
    try {
      await check(c, () => {
        passed = true
        return Promise.resolve()
      })
    } catch {
      throw new DomainError('CROSS_ORIGIN')
    }
    if (passed) await next()
  })
}
