import { describe, expect, test } from 'vitest'
import { movableClock } from '#kernel/clock.ts'
import type { Actor, OrganizationKind } from '#kernel/context.ts'
import { idPrefixes, newId } from '#kernel/ids.ts'
import { type Role, roles } from '#kernel/permissions.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { TEST_NOW, useDatabase } from '#tests/harness/index.ts'
import { openRoutesOf } from './middleware/closed-by-default.ts'
import { consoleRoutes } from './routes/index.ts'

const database = useDatabase('file')
const clock = movableClock(TEST_NOW)

type Route = Readonly<{ method: string; path: string; isOpen: boolean; address: string }>

/** A value that has the form of what a path wants, and names nothing that exists. */
function unknownFor(schema: unknown): string {
  const { pattern } = schema as { pattern?: string }
  const prefix = idPrefixes.find((each) => pattern?.startsWith(`^${each}_`))
  if (prefix) return newId(prefix, clock)
  return pattern?.includes('[0-9]{4}-') ? '2031-01' : '9999999'
}

const open = openRoutesOf(consoleRoutes)
const document = consoleRoutes.getOpenAPI31Document({
  openapi: '3.1.0',
  info: { title: 'routes', version: 'test' },
})
const routes: Route[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
    const operation = item[method]
    if (!operation) return []
    let address = path
    for (const parameter of operation.parameters ?? [])
      if ('in' in parameter && parameter.in === 'path')
        address = address.replace(`{${parameter.name}}`, unknownFor(parameter.schema))
    const key = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    return [{ method: method.toUpperCase(), path, isOpen: open.has(key), address }]
  }),
)

function person(organizationKind: OrganizationKind, held: readonly Role[]): Actor {
  return {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: newId('org', clock),
    organizationKind,
    roles: held,
    name: '示例',
  }
}

function ask(route: Route, actor?: Actor) {
  const app = testApp({ db: database.db, clock, ...(actor && { actor }) })
  const init = route.method === 'GET' ? {} : jsonBody(route.method as 'POST', {})
  return app.request(route.address, init)
}

const closed = routes.filter((route) => !route.isOpen && route.path !== '/v1/session')
const withId = routes.filter((route) => /\{(?:id|\w+_id)\}/.test(route.path))

describe('every route', () => {
  test.each(closed)('$method $path is closed to who is not signed in', async (route) => {
    expect((await ask(route)).status).toBe(401)
  })

  test.each(withId)('$method $path knows nothing of what does not exist', async (route) => {
    // Somebody of an organization of their own with every role there is: only ownership is left to refuse.
    const answer = await ask(route, person('buyer', roles))
    expect([403, 404, 410, 422], await answer.clone().text()).toContain(answer.status)
  })

  test.each(routes)(
    '$method $path answers somebody without roles, and never with a fault',
    async (route) => {
      const answer = await ask(route, person('buyer', []))
      expect(answer.status, await answer.clone().text()).toBeLessThan(500)
    },
  )

  test.each(closed.filter((route) => route.method !== 'GET'))(
    '$method $path refuses a key',
    async (route) => {
      const key: Actor = {
        kind: 'api_key',
        keyId: newId('key', clock),
        organizationId: newId('org', clock),
        scopes: ['data:call', 'usage:read', 'bill:read'],
      }
      expect((await ask(route, key)).ok).toBe(false)
    },
  )
})

test('every route says what it is for, in which group it stands, and what it refuses', () => {
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(
      item as Record<string, { summary?: string; tags?: string[] }>,
    )) {
      expect(operation.summary, `${method} ${path}`).toBeTruthy()
      expect(operation.tags, `${method} ${path}`).toHaveLength(1)
    }
})
