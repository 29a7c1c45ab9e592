import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonBody, testApp, testAppDeps } from '#tests/harness/app.ts'
import { useDatabase } from '#tests/harness/index.ts'
import { createApp } from './app.ts'

const database = useDatabase('file')
const app = () => testApp({ db: database.db })

test('the description is OpenAPI 3.1 and names every route under /v1', async () => {
  const served = app()
  const document = (await (await served.request('/openapi.json')).json()) as {
    openapi: string
    paths: Record<string, Record<string, unknown>>
  }
  expect(document.openapi).toBe('3.1.0')
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routed = served.routes
    .filter((route) => route.path.startsWith('/v1/') && !route.path.includes('*'))
    .map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect([...new Set(routed)].toSorted((a, b) => a.localeCompare(b))).toEqual(
    described.toSorted((a, b) => a.localeCompare(b)),
  )
})

test('the API reference is served by us and asks no other host', async () => {
  const page = await app().request('/docs')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  const html = await page.text()
  expect(html).not.toMatch(/https?:\/\//)
  const assets = html.matchAll(/(?:src|href)="([^"]+)"/g).map((match) => match[1] ?? '')
  for (const asset of assets) expect((await app().request(asset)).status, asset).toBe(200)
  const withSlash = await app().request('/docs/')
  expect([withSlash.status, withSlash.headers.get('location')]).toEqual([301, '/docs'])
})

test('pages have no script, data nothing to run, and nobody frames us', async () => {
  const data = await app().request('/v1/me')
  expect(data.headers.get('content-security-policy')).toBe(
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  )
  const page = await app().request('/nowhere')
  expect(page.status).toBe(404)
  expect(page.headers.get('content-security-policy')).not.toContain('script-src')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
})

test('a request that another site makes a browser send is refused', async () => {
  const send = (headers: Record<string, string>) =>
    app().request('/v1/session', {
      method: 'DELETE',
      headers: { host: 'platform.test', ...headers },
    })
  expect((await send({ origin: 'https://elsewhere.test' })).status).toBe(403)
  expect((await send({ origin: 'null' })).status).toBe(403)
  expect((await send({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await send({ origin: 'http://platform.test' })).status).toBe(204)
  expect((await send({ 'sec-fetch-site': 'same-origin' })).status).toBe(204)
  expect((await send({})).status).toBe(204)
})

test('a body that cannot be read, is of another type, too large or wrong in its values is told so', async () => {
  const post = (body: string, type = 'application/json') =>
    app().request('/v1/session', { method: 'POST', body, headers: { 'content-type': type } })
  expect((await post('{')).status).toBe(400)
  expect((await post('a=b', 'text/plain')).status).toBe(415)
  expect((await post(`"${'x'.repeat(6_000_000)}"`)).status).toBe(413)
  const wrong = await post('{"email":"nobody","password":""}')
  expect(wrong.status).toBe(422)
  expect(await wrong.json()).toMatchObject({ errors: [{ field: 'email' }] })
})

test('readyz says what is failing', async () => {
  const deps = testAppDeps({ db: database.db })
  const half = createApp({
    ...deps,
    readiness: () => Promise.resolve({ ready: false, checks: { worker: 'failing' } }),
  })
  const answer = await half.request('/readyz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({ status: 'not_ready', checks: { worker: 'failing' } })
  expect((await app().request('/readyz')).status).toBe(200)
})

test('metrics are for who has the token', async () => {
  const deps = testAppDeps({ db: database.db })
  const served = createApp({ ...deps, metricsToken: 'sixteen letters!' })
  await served.request('/v1/me')
  const ask = (authorization: string) => served.request('/metrics', { headers: { authorization } })
  expect((await ask('Bearer sixteen letters?')).status).toBe(401)
  expect((await app().request('/metrics')).status).toBe(401)
  const text = await (await ask('Bearer sixteen letters!')).text()
  expect(text).toContain('api_requests_total{method="GET",status="401"} 2')
  // What `docs/operations.md` tells the people on duty to watch.
  for (const gauge of [
    'announcements_oldest_seconds',
    'jobs_failed',
    'audit_unsealed_oldest_seconds',
  ])
    expect(text).toMatch(new RegExp(`^${gauge} [0-9]`, 'm'))
})

test('a route is closed to nobody in particular unless its contract opens it', async () => {
  const closed = app()
  for (const [method, path] of [
    ['GET', '/v1/people'],
    ['POST', '/v1/organizations'],
    ['PUT', '/v1/people/not-an-id/status'],
  ] as const) {
    const answer = await closed.request(path, { method })
    expect(answer.status, path).toBe(401)
  }
  const open = await closed.request(
    '/v1/invitations/look-up',
    jsonBody('POST', { token: 'x'.repeat(40) }),
  )
  expect(open.status).toBe(410)
})

test('somebody with a browser is told in a page, a program in a problem document', async () => {
  const page = await app().request('/nowhere?lang=en', { headers: { accept: 'text/html,*/*' } })
  expect(page.status).toBe(404)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('Not found')
  const data = await app().request('/v1/nowhere', { headers: { accept: 'text/html' } })
  expect(data.headers.get('content-type')).toContain('application/problem+json')
})

test('an answer that did not change is not sent again', async () => {
  const first = await app().request('/v1/public-keys')
  const etag = first.headers.get('etag') ?? ''
  expect(etag).not.toBe('')
  const again = await app().request('/v1/public-keys', { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
})

test('the console is served with its own policy, and its pages by its own router', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>console</title>')
  writeFileSync(join(folder, 'assets/app-1a2b.js'), 'void 0')
  const served = createApp({ ...testAppDeps({ db: database.db }), consoleFolder: folder })
  const deep = await served.request('/console/bills/bill_1')
  expect(await deep.text()).toContain('<title>console</title>')
  expect(deep.headers.get('content-security-policy')).toContain("script-src 'self'")
  const asset = await served.request('/console/assets/app-1a2b.js')
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect((await served.request('/console/assets/gone.js')).status).toBe(404)
  expect((await served.request('/console/../package.json')).status).toBe(404)
  expect((await served.request('/console/%2e%2e/package.json')).status).toBe(404)
})
