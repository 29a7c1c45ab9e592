import { createRoute, z } from '@hono/zod-openapi'
import { context, personContext } from '#api/context.ts'
import { answer, body, eventId, idOf, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { proposeCorrection } from '#api/usage/propose-correction.ts'
import { domain, wire } from '#api/wire.ts'
import { decideUsageCorrection, listUsageCorrections } from '#metering/index.ts'
import { Decided, Decision, UsageCorrections, UsageReplacementIn } from './metering-words.ts'

const tags = ['Usage']

const listRoute = createRoute({
  method: 'get',
  path: '/v1/usage/corrections',
  tags,
  summary: 'Corrections of recorded calls: proposed, approved, refused',
  responses: { 200: answer(UsageCorrections, 'The corrections'), ...refusals(401, 403) },
})

const proposeRoute = createRoute({
  method: 'post',
  path: '/v1/usage/corrections',
  tags,
  summary: 'Propose to void a recorded call, or to replace it by what it really was',
  request: {
    body: body(
      z.object({
        buyer_id: idOf('org'),
        event_id: eventId,
        kind: z.enum(['void', 'replace']),
        reason: z.string().min(1).max(2000),
        reference: z.string().min(1).max(200),
        replacement: UsageReplacementIn.optional(),
      }),
    ),
  },
  responses: {
    200: answer(
      z
        .object({ kind: z.literal('proposed'), proposal_id: idOf('correction') })
        .openapi('UsageCorrectionProposed'),
      'The operator head decides',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/usage/corrections/{id}/decision',
  tags,
  summary: 'Approve or refuse a correction another person proposed',
  request: { params: pathId('correction'), body: body(Decision) },
  responses: { 200: answer(Decided, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

export const usageCorrectionRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const items = await listUsageCorrections(await context(c))
    return c.json(wire({ items }), 200)
  })
  .openapi(proposeRoute, async (c) => {
    const input = domain(c.req.valid('json'))
    return c.json(wire(await proposeCorrection(await personContext(c), input)), 200)
  })
  .openapi(decideRoute, async (c) => {
    const input = { proposalId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideUsageCorrection(await personContext(c), input)), 200)
  })
