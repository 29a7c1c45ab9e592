import { createRoute, z } from '@hono/zod-openapi'
import { carriesSecret, context, type RouteContext } from '#api/context.ts'
import {
  answer,
  body,
  count,
  day,
  idOf,
  instant,
  instantIn,
  pageOf,
  pageQuery,
  pathId,
  refusals,
  yuan,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import { getSubscription } from '#billing/index.ts'
import {
  type ApiKeyView,
  applyForUse,
  type CreateApiKey,
  createApiKey,
  decideUseApplication,
  listApiKeys,
  listUseApplications,
  revokeApiKey,
  rotateApiKey,
} from '#governance/index.ts'
import { formatYuan, parseMoneyYuan } from '#kernel/money.ts'
import { inTransaction } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { Done, purposeClass, reason } from './governance-words.ts'

const decisionStatus = z.enum(['submitted', 'approved', 'rejected'])
const Terms = z
  .object({
    starts_on: day,
    ends_on: day,
    calls_per_day_max: count.nullable(),
    calls_per_month_max: count.nullable(),
    calls_per_second_max: z.int().min(1).max(100_000),
    concurrent_calls_max: z.int().min(1).max(10_000),
    networks: z.array(z.string().max(64)).max(50),
  })
  .openapi('UseTerms')

const UseApplication = z
  .object({
    id: z.string(),
    number: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    product_id: z.string(),
    product_code: z.string(),
    product_name: z.string(),
    operator_id: z.string(),
    scenario_id: z.string(),
    scenario_name: z.string(),
    purpose_class: purposeClass,
    purpose: z.string(),
    terms: Terms,
    applied_at: instant,
    status: decisionStatus,
    decided_at: instant.nullable(),
    reason: z.string().nullable(),
  })
  .openapi('UseApplication')

const listUsesRoute = createRoute({
  method: 'get',
  path: '/v1/use-applications',
  tags: ['Use'],
  summary: 'Use applications I may see, the newest first',
  request: { query: pageQuery.extend({ status: decisionStatus.optional() }) },
  responses: { 200: answer(pageOf(UseApplication), 'One page'), ...refusals(401, 403, 422) },
})

const applyRoute = createRoute({
  method: 'post',
  path: '/v1/use-applications',
  tags: ['Use'],
  summary: 'Apply to use one product in one approved scenario',
  request: {
    body: body(
      z.object({
        product_id: idOf('product'),
        scenario_id: idOf('scenario'),
        purpose: z.string().trim().min(1).max(2000),
        terms: Terms,
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), use_application_id: z.string(), number: z.string() })
        .openapi('UseApplied'),
      'The application',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/use-applications/{id}/decision',
  tags: ['Use'],
  summary: 'Decide a use application for one of my products',
  request: {
    params: pathId('application'),
    body: body(z.object({ verdict: z.enum(['approve', 'reject']), reason })),
  },
  responses: { 200: answer(Done, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

const mode = z.enum(['live', 'sandbox'])
const scope = z.enum(['data:call', 'usage:read', 'bill:read'])
const ApiKey = z
  .object({
    id: z.string(),
    buyer_id: z.string(),
    mode,
    scopes: z.array(scope),
    subscription_id: z.string().nullable(),
    name: z.string(),
    prefix: z.string(),
    last_four: z.string(),
    networks: z.array(z.string()),
    expires_at: instant.nullable(),
    created_at: instant,
    revoked_at: instant.nullable(),
    suspended_at: instant.nullable(),
    rotates_key_id: z.string().nullable().openapi({ description: 'The key this one follows' }),
    overlap_ends_at: instant
      .nullable()
      .openapi({ description: 'When this key ends because another follows it' }),
    spend_key_id: z.string().openapi({ description: 'Under which key its spending is counted' }),
    monthly_spend_max: yuan.nullable().openapi({ description: 'Spend cap of a month; null: none' }),
    standing: z.enum(['active', 'retiring', 'suspended', 'revoked', 'expired']),
  })
  .openapi('ApiKey')

const listKeysRoute = createRoute({
  method: 'get',
  path: '/v1/api-keys',
  tags: ['Use'],
  summary: "My organization's keys, by prefix and last four",
  request: { query: pageQuery },
  responses: { 200: answer(pageOf(ApiKey), 'One page'), ...refusals(401, 403, 422) },
})

const createKeyRoute = createRoute({
  method: 'post',
  path: '/v1/api-keys',
  tags: ['Use'],
  summary: 'Create a key; it is shown this once',
  request: {
    body: body(
      z.object({
        mode,
        scopes: z.array(scope).min(1).max(3),
        name: z.string().trim().min(1).max(100),
        networks: z.array(z.string().max(64)).max(50).default([]),
        expires_at: instantIn.nullable().default(null),
        subscription_id: idOf('sub').nullable().default(null),
        monthly_spend_max: yuan.nullable().default(null),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), key_id: z.string(), key: z.string() }).openapi('ApiKeyCreated'),
      'The key',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const rotateKeyRoute = createRoute({
  method: 'post',
  path: '/v1/api-keys/{id}/rotation',
  tags: ['Use'],
  summary: 'Make a second key for the same binding; the first works on until the overlap ends',
  request: {
    params: pathId('key'),
    body: body(
      z.object({
        overlap_seconds: z
          .int()
          .min(0)
          .max(30 * 86_400)
          .default(86_400)
          .openapi({ description: 'How long both are valid: 0 to 30 days' }),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.string(),
          key_id: z.string(),
          key: z.string(),
          overlap_ends_at: instant,
        })
        .openapi('ApiKeyRotated'),
      'The second key; it is shown this once',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const revokeKeyRoute = createRoute({
  method: 'post',
  path: '/v1/api-keys/{id}/revocation',
  tags: ['Use'],
  summary: 'Revoke a key for good',
  request: { params: pathId('key') },
  responses: {
    200: answer(
      z.object({ kind: z.string(), revoked_at: instant }).openapi('ApiKeyRevoked'),
      'Revoked',
    ),
    ...refusals(401, 403, 404),
  },
})

/** An amount in yuan, or no limit. */
export function spendMaxOf(text: string | null) {
  return text === null ? null : parseMoneyYuan(text, 'monthly_spend_max')
}

type NewKey = Omit<CreateApiKey, 'subscription'> & Readonly<{ subscriptionId: Id<'sub'> | null }>

/** The subscription a key is bound to is read in the transaction that makes the key. */
async function createKey(ctx: RouteContext, input: NewKey) {
  return inTransaction(ctx.db, async (tx) => {
    const inside = { ...ctx, db: tx }
    const { subscriptionId, ...key } = input
    if (subscriptionId === null) return createApiKey(inside, { ...key, subscription: null })
    const { buyerId, status, endsAt } = await getSubscription(inside, { subscriptionId })
    const subscription = { id: subscriptionId, buyerId, status, endsAt }
    return createApiKey(inside, { ...key, subscription })
  })
}

export const governanceAccessRoutes = newRouter()
  .openapi(listUsesRoute, async (c) => {
    const page = await listUseApplications(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(applyRoute, async (c) => {
    const result = await applyForUse(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(decideRoute, async (c) => {
    const input = { useApplicationId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideUseApplication(await context(c), input)), 200)
  })
  .openapi(listKeysRoute, async (c) => {
    const page = await listApiKeys(await context(c), domain(c.req.valid('query')))
    const told = ({ monthlySpendMaxFen, ...key }: ApiKeyView) =>
      wire({
        ...key,
        monthlySpendMax: monthlySpendMaxFen === null ? null : formatYuan(monthlySpendMaxFen),
      })
    return c.json(pageAnswer(page, told), 200)
  })
  .openapi(createKeyRoute, async (c) => {
    carriesSecret(c)
    const { monthlySpendMax, ...key } = domain(c.req.valid('json'))
    const monthlySpendMaxFen = spendMaxOf(monthlySpendMax)
    const result = await createKey(await context(c), { ...key, monthlySpendMaxFen })
    return c.json(wire(result), 201)
  })
  .openapi(rotateKeyRoute, async (c) => {
    carriesSecret(c)
    const input = { keyId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await rotateApiKey(await context(c), input)), 201)
  })
  .openapi(revokeKeyRoute, async (c) => {
    const input = { keyId: c.req.valid('param').id }
    return c.json(wire(await revokeApiKey(await context(c), input)), 200)
  })
