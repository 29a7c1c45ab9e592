import { createRoute, z } from '@hono/zod-openapi'
import { context, type RouteContext } from '#api/context.ts'
import { answer, body, idOf, instant, pageOf, pageQuery, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import { getSubscription } from '#billing/index.ts'
import {
  closeIncident,
  findKeySubscription,
  incidentLevels,
  listIncidents,
  listStoppable,
  readIncident,
  recordIncidentEntry,
  resumeStopped,
  stopAtOnce,
  type StoppedObject,
  stoppableKinds,
} from '#governance/index.ts'
import { inTransaction } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { Done, reason } from './governance-words.ts'

const kind = z.enum(stoppableKinds)
const level = z.enum(incidentLevels)
const tags = ['Stops']
const params = pathId('incident')
const refused = refusals(401, 403, 404, 409, 422)

const summary = {
  id: z.string(),
  number: z.string(),
  object_kind: kind,
  object_id: z.string(),
  object_name: z.string(),
  level,
  reason: z.string(),
  opened_at: instant,
  holder_name: z.string().openapi({ description: 'Whose stop it is' }),
  lifted_at: instant.nullable(),
  closed_at: instant.nullable(),
  conclusion: z.string().nullable(),
  hours_since_start: z.int(),
  may_act: z.boolean(),
}
const Incident = z.object(summary).openapi('Incident')
const IncidentPage = z
  .object({
    ...summary,
    entries: z.array(
      z.object({
        kind: z.enum([
          'stopped',
          'taken_over',
          'suspended',
          'noted',
          'reported',
          'resumed',
          'still_suspended',
          'lifted',
          'closed',
        ]),
        words: z.string(),
        by_name: z.string().nullable(),
        organization_name: z.string().nullable(),
        recorded_at: instant,
      }),
    ),
    notices: z.array(
      z.object({ kind: z.string(), organization_name: z.string(), recorded_at: instant }),
    ),
  })
  .openapi('IncidentWithTimeline')

const stopRoute = createRoute({
  method: 'post',
  path: '/v1/stops',
  tags,
  summary: 'Stop a product, a key, a buyer or a resource at once, with its incident',
  request: {
    body: body(
      z.object({
        object: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('product'), id: idOf('product') }),
          z.object({ kind: z.literal('api_key'), id: idOf('key') }),
          z.object({ kind: z.literal('buyer'), id: idOf('org') }),
          z.object({ kind: z.literal('resource'), id: idOf('resource') }),
        ]),
        level: level.default('general'),
        reason,
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.enum(['stopped', 'taken_over', 'already_stopped']),
          incident_id: z.string(),
          number: z.string(),
        })
        .openapi('Stopped'),
      'Stopped; the gateway refuses calls within seconds',
    ),
    ...refused,
  },
})

const stoppableRoute = createRoute({
  method: 'get',
  path: '/v1/stoppable',
  tags,
  summary: 'What I may stop, of one kind, by a part of its name or code',
  request: { query: z.object({ object_kind: kind, query: z.string().max(100).optional() }) },
  responses: {
    200: answer(
      z
        .object({
          items: z.array(
            z.object({
              kind,
              id: z.string(),
              name: z.string(),
              mark: z.string(),
              owner_name: z.string().nullable(),
              is_stopped: z.boolean(),
            }),
          ),
        })
        .openapi('Stoppable'),
      'At most fifty',
    ),
    ...refusals(401, 403, 422),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/v1/incidents',
  tags,
  summary: 'Incidents I may see, the newest first',
  request: {
    query: pageQuery.extend({
      open: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
    }),
  },
  responses: { 200: answer(pageOf(Incident), 'One page'), ...refusals(401, 403, 422) },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/incidents/{id}',
  tags,
  summary: 'An incident with its timeline and who was told',
  request: { params },
  responses: { 200: answer(IncidentPage, 'The incident'), ...refusals(401, 403, 404) },
})

const resumeRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/resumption',
  tags,
  summary: 'Let what was stopped go on',
  request: { params, body: body(z.object({ reason })) },
  responses: {
    200: answer(
      z
        .object({
          kind: z.enum(['resumed', 'already_resumed']),
          still_suspended: z.array(z.string()),
        })
        .openapi('Resumed'),
      'It goes on',
    ),
    ...refused,
  },
})

const entryRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/entries',
  tags,
  summary: 'Add to the timeline of an incident',
  request: {
    params,
    body: body(z.object({ kind: z.enum(['noted', 'reported']), words: reason })),
  },
  responses: { 201: answer(Done, 'Recorded'), ...refused },
})

const closeRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/closing',
  tags,
  summary: 'Close an incident with its conclusion, once the stop is lifted',
  request: { params, body: body(z.object({ conclusion: reason })) },
  responses: {
    200: answer(
      z.object({ kind: z.string(), closed_at: instant }).openapi('IncidentClosed'),
      'Closed',
    ),
    ...refused,
  },
})

type Named = Readonly<{ kind: StoppedObject['kind']; id: string }>

/** What governance must know of a key's subscription is read in the transaction that stops the key. */
async function objectOf(ctx: RouteContext, { kind: of, id }: Named): Promise<StoppedObject> {
  switch (of) {
    case 'product':
      return { kind: of, productId: id as Id<'product'> }
    case 'buyer':
      return { kind: of, buyerId: id as Id<'org'> }
    case 'resource':
      return { kind: of, resourceId: id as Id<'resource'> }
    case 'api_key': {
      const keyId = id as Id<'key'>
      const subscriptionId = await findKeySubscription(ctx.db, keyId)
      const { actor } = ctx
      const asks = actor.kind === 'person' && actor.organizationKind === 'operator'
      // Another operator's subscription is NOT_FOUND here, and with it the key.
      const operatorId =
        subscriptionId !== null && asks
          ? (await getSubscription(ctx, { subscriptionId })).operatorId
          : null
      return { kind: of, keyId, operatorId }
    }
  }
}

export const governanceStopRoutes = newRouter()
  .openapi(stopRoute, async (c) => {
    const ctx = await context(c)
    const { object, ...why } = c.req.valid('json')
    const result = await inTransaction(ctx.db, async (tx) => {
      const inside = { ...ctx, db: tx }
      return stopAtOnce(inside, { ...why, object: await objectOf(inside, object) })
    })
    return c.json(wire(result), 201)
  })
  .openapi(stoppableRoute, async (c) => {
    const items = await listStoppable(await context(c), domain(c.req.valid('query')))
    return c.json(wire({ items }), 200)
  })
  .openapi(listRoute, async (c) => {
    const page = await listIncidents(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(readRoute, async (c) => {
    const input = { incidentId: c.req.valid('param').id }
    return c.json(wire(await readIncident(await context(c), input)), 200)
  })
  .openapi(resumeRoute, async (c) => {
    const input = { incidentId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await resumeStopped(await context(c), input)), 200)
  })
  .openapi(entryRoute, async (c) => {
    const input = { incidentId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await recordIncidentEntry(await context(c), input)), 201)
  })
  .openapi(closeRoute, async (c) => {
    const input = { incidentId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await closeIncident(await context(c), input)), 200)
  })
