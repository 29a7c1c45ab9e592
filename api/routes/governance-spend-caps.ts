import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, body, pathId, refusals, yuan } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { wire } from '#api/wire.ts'
import { capApiKey } from '#governance/index.ts'
import { spendMaxOf } from './governance-access.ts'

const capKeyRoute = createRoute({
  method: 'post',
  path: '/v1/api-keys/{id}/spend-cap',
  tags: ['Use'],
  summary: 'Limit what a key and its successors may spend in a month; null takes the limit away',
  request: {
    params: pathId('key'),
    body: body(z.object({ monthly_spend_max: yuan.nullable() })),
  },
  responses: {
    200: answer(z.object({ kind: z.string() }).openapi('ApiKeyCapped'), 'Capped'),
    ...refusals(401, 403, 404, 422),
  },
})

export const spendCapRoutes = newRouter().openapi(capKeyRoute, async (c) => {
  const { monthly_spend_max: text } = c.req.valid('json')
  const input = { keyId: c.req.valid('param').id, monthlySpendMaxFen: spendMaxOf(text) }
  return c.json(wire(await capApiKey(await context(c), input)), 200)
})
