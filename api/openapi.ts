import { serveStatic } from '@hono/node-server/serve-static'
import { getAbsoluteFSPath } from 'swagger-ui-dist'
import { type AppEnv, newRouter } from './deps.ts'
import { describeDataCalls } from './describe-data-calls.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'

type Document = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  schema: { type: 'string' as const, maxLength: 255 },
  description:
    'Repeating the request with the same key gives the same answer and does nothing twice',
}

/** The description of every route, made from the routes themselves. */
export function describeApi(app: OpenAPIHono<AppEnv>, publicUrl: string): Document {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Public data operating platform',
      version: 'v1',
      description:
        'Everything a person or a program can do. Amounts are decimal text in yuan, times are UTC, days and ' +
        'months Asia/Shanghai. Errors are RFC 9457 problems that say whether anything was charged. Lists are ' +
        'paged by `limit` and `cursor`.\n\n' +
        describeDataCalls(),
    },
    servers: [{ url: publicUrl }],
    security: [{ session: [] }, { key: [] }],
  })
  for (const [path, item] of Object.entries(document.paths ?? {}))
    if (item.post && path !== '/v1/session')
      item.post.parameters = [...(item.post.parameters ?? []), idempotencyKey]
  document.components = {
    ...document.components,
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: 'xn.session_token' },
      key: {
        type: 'http',
        scheme: 'bearer',
        description: 'A key of a buyer with the scope usage:read or bill:read; keys only read',
      },
    },
  }
  return document
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API reference</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
`

// The validator badge would be fetched from elsewhere.
const init = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
})
`

/** The reference, served by us to the last byte: a browser that opens it asks no other host. */
export function docsRoutes() {
  const folder = getAbsoluteFSPath()
  return newRouter()
    .get('/docs', (c) => c.html(page))
    .get('/docs/', (c) => c.redirect('/docs', 301))
    .get('/docs/init.js', (c) =>
      c.body(init, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    )
    .get(
      '/docs/assets/*',
      serveStatic({
        root: folder,
        rewriteRequestPath: (path) => path.slice('/docs/assets'.length),
      }),
    )
}
