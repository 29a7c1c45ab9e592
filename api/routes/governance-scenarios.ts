import { createRoute, z } from '@hono/zod-openapi'
import { context, publicContext } from '#api/context.ts'
import { answer, anybody, body, idOf, pageOf, pageQuery, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import {
  decideScenario,
  draftScenario,
  listPublicScenarios,
  listScenarios,
  opineOnScenario,
  submitScenario,
} from '#governance/index.ts'
import { Done, purposeClass, reason, ScenarioSchema } from './governance-words.ts'

const publicRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/scenarios',
  tags: ['Market'],
  summary: 'Approved application scenarios',
  request: { query: pageQuery },
  responses: { 200: answer(pageOf(ScenarioSchema), 'One page'), ...refusals(422) },
})

const reviewsRoute = createRoute({
  method: 'get',
  path: '/v1/scenario-reviews',
  tags: ['Scenarios'],
  summary: 'Scenarios in every status, as far as they concern the asker',
  request: {
    query: pageQuery.extend({
      status: z.enum(['draft', 'submitted', 'approved', 'rejected']).optional(),
    }),
  },
  responses: { 200: answer(pageOf(ScenarioSchema), 'One page'), ...refusals(401, 403, 422) },
})

const draftRoute = createRoute({
  method: 'post',
  path: '/v1/scenarios',
  tags: ['Scenarios'],
  summary: 'Draft a scenario with its purpose class and the data it needs',
  request: {
    body: body(
      z.object({
        code: z.string().min(1).max(64),
        name: z.string().min(1).max(200),
        name_en: z.string().min(1).max(200),
        description: z.string().min(1).max(4000),
        purpose_class: purposeClass,
        purpose_evidence: z.string().min(1).max(4000),
        resource_ids: z.array(idOf('resource')).min(1).max(200),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), scenario_id: z.string() }).openapi('ScenarioDrafted'),
      'The scenario',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const submitRoute = createRoute({
  method: 'post',
  path: '/v1/scenarios/{id}/submission',
  tags: ['Scenarios'],
  summary: 'Hand a scenario to the data bureau and every provider concerned',
  request: { params: pathId('scenario') },
  responses: { 200: answer(Done, 'Submitted'), ...refusals(401, 403, 404, 409) },
})

const opinionRoute = createRoute({
  method: 'post',
  path: '/v1/scenarios/{id}/opinions',
  tags: ['Scenarios'],
  summary: 'The opinion of a provider concerned',
  request: {
    params: pathId('scenario'),
    body: body(z.object({ verdict: z.enum(['agree', 'reject']), opinion: reason })),
  },
  responses: { 200: answer(Done, 'Kept'), ...refusals(401, 403, 404, 409, 422) },
})

const decisionRoute = createRoute({
  method: 'post',
  path: '/v1/scenarios/{id}/decision',
  tags: ['Scenarios'],
  summary: 'The decision of the data bureau, once per scenario',
  request: {
    params: pathId('scenario'),
    body: body(z.object({ verdict: z.enum(['approve', 'reject']), reason })),
  },
  responses: { 200: answer(Done, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

export const governanceScenarioRoutes = newRouter()
  .openapi(publicRoute, async (c) => {
    const { db } = await publicContext(c)
    const page = await listPublicScenarios(db, domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(reviewsRoute, async (c) => {
    const page = await listScenarios(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(draftRoute, async (c) => {
    const result = await draftScenario(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(submitRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(wire(await submitScenario(await context(c), { scenarioId: id })), 200)
  })
  .openapi(opinionRoute, async (c) => {
    const input = { scenarioId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await opineOnScenario(await context(c), input)), 200)
  })
  .openapi(decisionRoute, async (c) => {
    const input = { scenarioId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await decideScenario(await context(c), input)), 200)
  })
