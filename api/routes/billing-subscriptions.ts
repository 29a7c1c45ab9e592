import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, body, idOf, instant, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { domain, wire } from '#api/wire.ts'
import {
  endSubscription,
  getSubscription,
  listSubscriptions,
  openSubscription,
  resumeSubscription,
  suspendSubscription,
} from '#billing/index.ts'

const Subscription = z
  .object({
    subscription_id: z.string(),
    number: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    operator_id: z.string(),
    product_id: z.string(),
    product_code: z.string(),
    product_name: z.string(),
    product_name_en: z.string(),
    scenario_id: z.string(),
    scenario_code: z.string(),
    scenario_name: z.string(),
    scenario_name_en: z.string(),
    purpose_class: z.enum(['public_interest', 'industry']),
    use_application_id: z.string(),
    development_agreement_id: z.string(),
    price_item_code: z.string().nullable(),
    terms: z.object({
      starts_on: z.string(),
      ends_on: z.string(),
      calls_per_day_max: z.string().nullable(),
      calls_per_month_max: z.string().nullable(),
      calls_per_second_max: z.int(),
      concurrent_calls_max: z.int(),
      networks: z.array(z.string()),
    }),
    starts_at: instant,
    ends_at: instant,
    status: z.enum(['active', 'suspended', 'ended']),
    status_changed_at: instant,
    opened_at: instant,
  })
  .openapi('Subscription')
const Outcome = z.object({ kind: z.string() }).openapi('SubscriptionOutcome')
const tags = ['Subscriptions']
const reason = body(z.object({ reason: z.string().min(1).max(2000) }))

const listRoute = createRoute({
  method: 'get',
  path: '/v1/subscriptions',
  tags,
  summary: 'Subscriptions I may see, newest first',
  request: { query: z.object({ buyer_id: idOf('org').optional() }) },
  responses: {
    200: answer(z.object({ items: z.array(Subscription) }), 'The subscriptions'),
    ...refusals(401, 403, 422),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/v1/subscriptions/{id}',
  tags,
  summary: 'One subscription',
  request: { params: pathId('sub') },
  responses: { 200: answer(Subscription, 'The subscription'), ...refusals(401, 403, 404) },
})
const openRoute = createRoute({
  method: 'post',
  path: '/v1/subscriptions',
  tags,
  summary: 'Open the subscription an approved use application gives the right to',
  request: {
    body: body(
      z.object({
        use_application_id: idOf('application'),
        price_item_code: z.string().max(64).optional(),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), subscription_id: z.string(), number: z.string() })
        .openapi('OpenedSubscription'),
      'The subscription',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})
const step = <P extends string>(path: P, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/subscriptions/{id}/${path}` as const,
    tags,
    summary,
    request: { params: pathId('sub'), body: reason },
    responses: { 200: answer(Outcome, 'Done'), ...refusals(401, 403, 404, 409, 422) },
  })

export const subscriptionRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const items = await listSubscriptions(await context(c), domain(c.req.valid('query')))
    return c.json({ items: items.map((item) => wire(item)) }, 200)
  })
  .openapi(getRoute, async (c) => {
    const input = { subscriptionId: c.req.valid('param').id }
    return c.json(wire(await getSubscription(await context(c), input)), 200)
  })
  .openapi(openRoute, async (c) => {
    const input = domain(c.req.valid('json'))
    return c.json(wire(await openSubscription(await context(c), input)), 201)
  })
  .openapi(step('suspend', 'Stop the calls until it is resumed'), async (c) => {
    const input = { subscriptionId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await suspendSubscription(await context(c), input)), 200)
  })
  .openapi(step('resume', 'Let the calls through again'), async (c) => {
    const input = { subscriptionId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await resumeSubscription(await context(c), input)), 200)
  })
  .openapi(step('end', 'End it for good'), async (c) => {
    const input = { subscriptionId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await endSubscription(await context(c), input)), 200)
  })
