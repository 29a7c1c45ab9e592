import type { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { createMiddleware } from 'hono/factory'
import { DomainError } from '#kernel/errors.ts'
import { consoleFiles } from './console-files.ts'
import { newRouter, type AppDeps, type AppEnv } from './deps.ts'
import { mayReadMetrics } from './metrics.ts'
import { closedByDefault, openRoutesOf } from './middleware/closed-by-default.ts'
import { idempotentPosts } from './middleware/idempotency.ts'
import { prepare } from './middleware/prepare.ts'
import { sameOriginOnly, securityHeaders } from './middleware/security.ts'
import { describeApi, docsRoutes } from './openapi.ts'
import { pageRoutes } from './pages/index.ts'
import { onError } from './on-error.ts'
import { readPlatformState } from './operations/platform-state.ts'
import { printPages } from './print-pages.ts'
import { consoleRoutes } from './routes/index.ts'

const bodyBytesMax = 5 * 1024 * 1024

/** The doors of the platform. Everything it needs is in `deps`; tests ask it through `app.request`. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const app = newRouter()
  app.onError(onError)
  app.notFound(() => {
    throw new DomainError('NOT_FOUND')
  })
  app.use(prepare(deps))
  app.use(securityHeaders(deps.publicUrl))
  app.all('/data/*', (c) => deps.dataProxy.pass(c))
  app.use(sameOriginOnly(deps.publicUrl))
  app.use(
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => {
        throw new DomainError('BODY_TOO_LARGE', { bytesMax: bodyBytesMax })
      },
    }),
  )
  for (const path of ['/console/*', '/docs/*', '/openapi.json']) app.use(path, compress())
  const openRoutes = lazy(() => openRoutesOf(consoleRoutes))
  app.use('/v1/*', revalidated, etag(), closedByDefault(openRoutes), idempotentPosts)
  app.route('/', consoleRoutes)
  const description = lazy(() => describeApi(app, deps.publicUrl))
  app.get('/openapi.json', (c) => c.json(description()))
  app.route('/', docsRoutes())
  app.route('/', printPages())
  app.route('/', operationRoutes())
  app.route('/', pageRoutes)
  app.route('/', consoleFiles(deps.consoleFolder))
  return app
}

/** Answers are asked for anew each time; one that did not change is not sent again (ETag). */
const revalidated = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (!c.res.headers.has('cache-control'))
    c.header('cache-control', c.req.method === 'GET' ? 'private, no-cache' : 'no-store')
})

/** For whoever runs the platform, not for its users, so not part of the described API. */
function operationRoutes() {
  return newRouter()
    .get('/readyz', async (c) => {
      const { ready, checks } = await c.var.deps.readiness()
      c.header('cache-control', 'no-store')
      return c.json({ status: ready ? 'ready' : 'not_ready', checks }, ready ? 200 : 503)
    })
    .get('/metrics', async (c) => {
      const { metrics, metricsToken } = c.var.deps
      if (!mayReadMetrics(metricsToken, c.req.header('authorization')))
        throw new DomainError('UNAUTHENTICATED')
      const state = await readPlatformState(c.var.deps)
      return c.body(await metrics.text(state), 200, { 'content-type': metrics.contentType })
    })
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
