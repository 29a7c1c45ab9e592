import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { z } from 'zod'
import { openRoutesOf } from '#api/middleware/closed-by-default.ts'
import { consoleRoutes } from '#api/routes/index.ts'
import { seedDemoCity } from '#demo/seed.ts'
import { movableClock } from '#kernel/clock.ts'
import { readConfig } from '#kernel/config.ts'
import type { OrganizationKind, PersonActor } from '#kernel/context.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Role } from '#kernel/permissions.ts'
import { jsonBody, testApp } from '#tests/harness/app.ts'
import { useDatabase, useRedisServer } from '#tests/harness/index.ts'
import { useSimulator } from './use-simulator.ts'

/** Every route, asked about a city in which everything exists. */
const database = useDatabase('file')
const redis = useRedisServer()
const simulator = useSimulator()
const now = new Date('2026-11-15T12:00:00+08:00')
const clock = movableClock(now)
const idsOfAPrefix = 4

type Parameter = Readonly<{
  name: string
  in: string
  required?: boolean
  schema?: { pattern?: string; enum?: string[]; format?: string }
}>
type Route = Readonly<{
  method: string
  path: string
  isOpen: boolean
  hasBody: boolean
  parameters: readonly Parameter[]
  answer: z.ZodType | undefined
}>

/** A file is told by its bytes, whatever their type. */
function isFile(schema: z.ZodType | undefined): boolean {
  return schema?.type === 'string'
}

const open = openRoutesOf(consoleRoutes)
const document = consoleRoutes.getOpenAPI31Document({
  openapi: '3.1.0',
  info: { title: 'routes', version: 'test' },
})
const routes: Route[] = consoleRoutes.openAPIRegistry.definitions.flatMap((definition) => {
  if (definition.type !== 'route') return []
  const { method, path, request, responses } = definition.route
  const success = (responses[200] ?? responses[201]) as
    { content?: Record<string, { schema?: z.ZodType }> } | undefined
  const schema = success?.content?.['application/json']?.schema
  const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
  const described = document.paths?.[path] as Record<string, { parameters?: Parameter[] }>
  return {
    method: method.toUpperCase(),
    path,
    isOpen: open.has(name),
    hasBody: request?.body !== undefined,
    parameters: described[method]?.parameters ?? [],
    answer: isFile(schema) ? undefined : schema,
  }
})

let people: PersonActor[]
let idsByPrefix: Map<string, string[]>
let codes: string[]
let eventIds: string[]

beforeAll(async () => {
  const { origin, databaseUrl } = simulator
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: 'of-this-test-only-and-long-enough-for-it',
    EGRESS_ORIGINS: simulator.egressOrigins,
    DATA_DIR: mkdtempSync(join(inject('services').runFolder, 'city-')),
  })
  await seedDemoCity({
    config,
    simulator: { port: Number(new URL(origin).port), origin, databaseUrl },
    onProgress: () => {},
    now,
    volume: 0.02,
  })
  people = await everybody()
  await stopSomething()
  await registerSource()
  eventIds = await someCalls()
  idsByPrefix = await allIds()
  const products = await database.db.selectFrom('governance.product').select('code').execute()
  codes = products.map((product) => product.code)
}, 280_000)

/** The city's story has no incident; what is shown of one needs one. */
async function stopSomething(): Promise<void> {
  const bureau = people.find((person) => person.organizationKind === 'data_bureau')
  const product = await database.db
    .selectFrom('governance.product')
    .select('id')
    .executeTakeFirstOrThrow()
  if (!bureau) throw new Error('there is a data bureau')
  const answer = await testApp({ db: database.db, clock, actor: bureau }).request(
    '/v1/stops',
    jsonBody('POST', {
      object: { kind: 'product', id: product.id },
      level: 'larger',
      reason: '演练（示例，非政策口径）',
    }),
  )
  expect(answer.status, await answer.clone().text()).toBeLessThan(300)
}

/** Nor has it a source of signed batches. */
async function registerSource(): Promise<void> {
  const version = await database.db
    .selectFrom('governance.product_version')
    .select('id')
    .executeTakeFirstOrThrow()
  await database.ownerDb
    .insertInto('metering.batch_source')
    .values({
      id: newId('source', clock),
      name: '示例沙箱',
      public_key: 'of-this-test',
      product_version_ids: [version.id],
      registered_by: 'person_of_this_test',
      registered_at: now,
    })
    .execute()
}

/** The latest call of each buyer. */
async function someCalls(): Promise<string[]> {
  const rows = await database.db
    .selectFrom('metering.usage_event')
    .distinctOn('buyer_id')
    .select('event_id')
    .orderBy('buyer_id')
    .orderBy('occurred_at', 'desc')
    .execute()
  return rows.map((row) => row.event_id)
}

async function everybody(): Promise<PersonActor[]> {
  const rows = await database.db
    .selectFrom('governance.membership as m')
    .innerJoin('governance.organization as o', 'o.id', 'm.organization_id')
    .select(['m.person_id', 'm.organization_id', 'o.kind', 'm.role'])
    .where('m.ended_at', 'is', null)
    .execute()
  return Map.groupBy(rows, (row) => `${row.person_id} ${row.organization_id}`)
    .values()
    .map((each) => ({
      kind: 'person' as const,
      personId: each[0]?.person_id as Id<'person'>,
      organizationId: each[0]?.organization_id as Id<'org'>,
      organizationKind: each[0]?.kind as OrganizationKind,
      roles: each.map((row) => row.role as Role),
      name: '示例',
    }))
    .toArray()
}

/** A few ids of each kind of thing there is, from the key of every table. */
async function allIds(): Promise<Map<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.columns
    where column_name = 'id' and data_type = 'text'
      and (table_schema in ('governance', 'billing') or table_name = 'batch_source')
  `.execute(database.ownerDb)
  const found = new Map<string, string[]>()
  for (const { name } of tables) {
    const { rows } = await sql
      .raw<{ id: string }>(
        `select id from ${name} order by id desc limit ${name === 'governance.organization' ? 50 : idsOfAPrefix}`,
      )
      .execute(database.ownerDb)
    for (const { id } of rows) {
      const prefix = id.split('_')[0] ?? ''
      found.set(prefix, [...(found.get(prefix) ?? []), id])
    }
  }
  return found
}

/** Those somebody belongs to. */
function organizationsOf(kind: string): string[] {
  const found = people.filter((person) => person.organizationKind === kind)
  return [...new Set(found.map((person) => person.organizationId))]
}

/** What a parameter can be in this city: ids of its kind, codes of what is listed, the month before, a number. */
function valuesOf({ name, schema }: Parameter): readonly string[] {
  const prefix = /^\^([a-z]+)_/.exec(schema?.pattern ?? '')?.[1]
  const kind = /^(buyer|operator)_id$/.exec(name)?.[1]
  if (prefix === 'org' && kind !== undefined) return organizationsOf(kind)
  if (prefix !== undefined) return idsByPrefix.get(prefix) ?? []
  if (schema?.enum) return schema.enum
  if (schema?.pattern?.startsWith('^[0-9a-f]{8}-')) return eventIds
  if (schema?.pattern?.includes('1[0-2]')) return ['2026-10']
  const day = name === 'to' ? '2026-11-01' : '2026-10-01'
  if (schema?.format === 'date') return [day]
  if (schema?.format === 'date-time') return [`${day}T00:00:00Z`]
  return [...codes, '1', ...(name.endsWith('id') ? [...idsByPrefix.values()].flat() : [])]
}

/** Addresses of a route for things that exist; one address where it wants to know nothing. */
function addressesOf(route: Route): string[] {
  let addresses = [route.path]
  for (const parameter of route.parameters) {
    if (parameter.in === 'query' && !parameter.required) continue
    addresses = addresses.flatMap((address) =>
      valuesOf(parameter).map((value) =>
        parameter.in === 'path'
          ? address.replace(`{${parameter.name}}`, encodeURIComponent(value))
          : `${address}${address.includes('?') ? '&' : '?'}${parameter.name}=${encodeURIComponent(value)}`,
      ),
    )
  }
  return addresses
}

const doors = new Map<PersonActor, ReturnType<typeof testApp>>()

function ask(route: Route, address: string, actor: PersonActor) {
  const app = doors.get(actor) ?? testApp({ db: database.db, clock, actor })
  doors.set(actor, app)
  return app.request(address, { method: route.method })
}

function stranger(organizationKind: OrganizationKind, ...held: Role[]): PersonActor {
  return {
    kind: 'person',
    personId: newId('person', clock),
    organizationId: newId('org', clock),
    organizationKind,
    roles: held,
    name: '示例',
  }
}

const strangers = [
  stranger('buyer', 'buyer_admin', 'buyer_member', 'organization_admin'),
  stranger('provider', 'provider', 'organization_admin'),
]
/** The matrix lets every provider read these; they are nobody's own. */
const ofAllProviders = new Set(['/v1/product-versions/{id}'])
const reads = routes.filter((route) => route.method === 'GET')

describe('with a whole city behind it', () => {
  test.each(reads)('GET $path gives whoever may see it what its contract says', async (route) => {
    let told = 0
    for (const address of addressesOf(route))
      for (const person of firstOfEachRole()) {
        const answer = await ask(route, address, person)
        const text = await answer.text()
        expect([200, 403, 404, 422], `${address} ${person.roles.join()} ${text}`).toContain(
          answer.status,
        )
        if (answer.status !== 200 || !route.answer) continue
        told += 1
        const fits = route.answer.safeParse(JSON.parse(text))
        expect(fits.error?.issues, `${address} ${text.slice(0, 600)}`).toBeUndefined()
      }
    expect(told > 0 || route.answer === undefined, 'nobody may see anything').toBe(true)
  })

  const owned = routes.filter(
    (route) =>
      !route.isOpen && route.path.includes('{') && (route.method === 'GET' || !route.hasBody),
  )
  test.each(owned)('$method $path knows nothing of what is others’', async (route) => {
    for (const address of addressesOf(route))
      for (const who of strangers) {
        if (who.organizationKind === 'provider' && ofAllProviders.has(route.path)) continue
        const answer = await ask(route, address, who)
        const said = `${address} ${who.roles.join()} ${await answer.clone().text()}`
        expect([403, 404, 422], said).toContain(answer.status)
      }
  })
})

/** One person of each role there is in the city. */
function firstOfEachRole(): PersonActor[] {
  const seen = new Set<string>()
  return people.filter((person) => {
    const roles = person.roles.toSorted((a, b) => a.localeCompare(b)).join()
    if (seen.has(roles)) return false
    seen.add(roles)
    return true
  })
}
