import { createMiddleware } from 'hono/factory'
import { newId } from '#kernel/ids.ts'
import type { AppDeps, AppEnv, Language } from '#api/deps.ts'

/** Gives each request its dependencies, its id and its language, and leaves a line about it in the log. */
export function prepare(deps: AppDeps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const requestId = newId('request', deps.clock)
    c.set('deps', deps)
    c.set('requestId', requestId)
    c.set('language', languageOf(c.req.query('lang'), c.req.header('accept-language')))
    const began = performance.now()
    await next()
    // A delivery keeps the gateway's id: the usage event and its receipt name it.
    if (!c.res.headers.has('x-request-id')) c.header('x-request-id', requestId)
    const ms = performance.now() - began
    deps.metrics.observe({ method: c.req.method, status: c.res.status, ms })
    // The path without its query: a query may name a person.
    const { method, path } = c.req
    deps.log.info({ requestId, method, path, status: c.res.status, ms: Math.round(ms) }, 'request')
  })
}

/** `?lang=` before Accept-Language before Chinese. */
export function languageOf(asked: string | undefined, accepted: string | undefined): Language {
  if (asked === 'zh' || asked === 'en') return asked
  const first = (accepted ?? '')
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((tag) => tag === 'zh' || tag === 'en')
  return first === 'en' ? 'en' : 'zh'
}
