import { createRoute, z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { context, type RouteContext } from '#api/context.ts'
import { answer, body, instant, pathId, refusals } from '#api/contract.ts'
import { type AppEnv, newRouter } from '#api/deps.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import { pricingState } from '#billing/index.ts'
import {
  approveUpstream,
  type ChangeListing,
  type ChangeListingResult,
  cancelProductVersion,
  decideFiling,
  delistProduct,
  getProductVersion,
  listProductVersion,
  type ListProductVersionResult,
  listUpstreams,
  outboundChecklist,
  proposeUpstream,
  resumeProduct,
  reviewOutbound,
  submitFiling,
  submitForOutboundReview,
  suspendProduct,
} from '#governance/index.ts'
import { inTransaction } from '#kernel/database.ts'
import type { Id } from '#kernel/ids.ts'
import { digestText, Done, reason } from './governance-words.ts'

const params = pathId('pver')
const base = '/v1/product-versions/{id}' as const
const steps: { method: 'post'; tags: string[] } = { method: 'post', tags: ['Products'] }
const refused = refusals(401, 403, 404, 409, 422)

const submitReviewRoute = createRoute({
  ...steps,
  path: `${base}/outbound-review/submission`,
  summary: 'Hand a draft to outbound review',
  request: { params },
  responses: { 200: answer(Done, 'Submitted'), ...refused },
})

const reviewRoute = createRoute({
  ...steps,
  path: `${base}/outbound-review`,
  summary: 'Review a version: every item answered, by another person',
  request: {
    params,
    body: body(
      z.object({
        verdict: z.enum(['passed', 'failed']),
        checklist: z
          .array(
            z.object({
              item: z.enum(outboundChecklist),
              is_met: z.boolean(),
              note: z.string().max(2000).default(''),
            }),
          )
          .max(50),
        evidence_digest: digestText.nullable().default(null),
        reason,
      }),
    ),
  },
  responses: { 200: answer(Done, 'Reviewed'), ...refused },
})

const submitFilingRoute = createRoute({
  ...steps,
  path: `${base}/filing/submission`,
  summary: 'File a reviewed version with the data bureau',
  request: { params },
  responses: { 200: answer(Done, 'Submitted'), ...refused },
})

const decideFilingRoute = createRoute({
  ...steps,
  path: `${base}/filing`,
  summary: 'Confirm a filing with its number, or return it with a reason',
  request: {
    params,
    body: body(
      z.object({
        verdict: z.enum(['confirmed', 'returned']),
        number: z.string().trim().min(1).max(64).optional(),
        reason: reason.optional(),
      }),
    ),
  },
  responses: {
    200: answer(
      z.object({ kind: z.string(), number: z.string().optional() }).openapi('FilingDecided'),
      'Decided',
    ),
    ...refused,
  },
})

const listingRoute = createRoute({
  ...steps,
  path: `${base}/listing`,
  summary: 'Put a filed version on the market',
  request: { params },
  responses: {
    200: answer(
      z.object({ kind: z.string(), replaced_version_id: z.string().nullable() }).openapi('Listed'),
      'Listed',
    ),
    ...refused,
  },
})

const changes = {
  suspend: suspendProduct,
  resume: resumeProduct,
  delist: delistProduct,
  cancel: cancelProductVersion,
} satisfies Record<
  string,
  (ctx: RouteContext, input: ChangeListing) => Promise<ChangeListingResult>
>
const changeRoute = createRoute({
  ...steps,
  path: `${base}/listing/changes`,
  summary: 'Suspend, resume, delist or cancel a version, with the reason',
  request: {
    params,
    body: body(z.object({ change: z.enum(['suspend', 'resume', 'delist', 'cancel']), reason })),
  },
  responses: { 200: answer(Done, 'Changed'), ...refused },
})

const connector = z.enum(['http', 'table', 'file', 'report', 'model'])
const Upstream = z
  .object({
    id: z.string(),
    product_version_id: z.string(),
    connector,
    address: z.string(),
    settings: z.record(z.string(), z.unknown()),
    has_secret: z.boolean(),
    status: z.enum(['proposed', 'active', 'retired']),
    proposed_by: z.string(),
    proposed_at: instant,
    approved_by: z.string().nullable(),
    approved_at: instant.nullable(),
  })
  .openapi('Upstream')

const listUpstreamsRoute = createRoute({
  method: 'get',
  tags: ['Products'],
  path: `${base}/upstreams`,
  summary: 'Where a version is or was read from, without the credentials',
  request: { params },
  responses: {
    200: answer(z.object({ items: z.array(Upstream) }).openapi('Upstreams'), 'The upstreams'),
    ...refusals(401, 403, 404),
  },
})

const proposeUpstreamRoute = createRoute({
  ...steps,
  path: `${base}/upstreams`,
  summary: 'Propose where a version is read from; the credential is never shown again',
  request: {
    params,
    body: body(
      z.object({
        connector,
        address: z.string().max(500),
        settings: z.record(z.string(), z.unknown()).default({}),
        secret: z.string().max(2000).nullable().default(null),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), upstream_id: z.string() }).openapi('UpstreamProposed'),
      'Proposed',
    ),
    ...refused,
  },
})

const approveUpstreamRoute = createRoute({
  ...steps,
  path: '/v1/upstreams/{id}/approval',
  summary: 'Approve an upstream another person has proposed',
  request: { params: pathId('upstream') },
  responses: { 200: answer(Done, 'Active'), ...refused },
})

/** What governance must know of prices is read in the transaction that lists. */
async function listPriced(
  ctx: RouteContext,
  productVersionId: Id<'pver'>,
): Promise<ListProductVersionResult> {
  return inTransaction(ctx.db, async (tx) => {
    const inside = { ...ctx, db: tx }
    const { productId } = await getProductVersion(inside, { productVersionId })
    const pricing = await pricingState(tx, { productId, at: ctx.clock.now() })
    return listProductVersion(inside, { productVersionId, pricing })
  })
}

async function of(c: HonoContext<AppEnv>, id: Id<'pver'>) {
  return [await context(c), { productVersionId: id }] as const
}

export const governanceListingRoutes = newRouter()
  .openapi(submitReviewRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    return c.json(wire(await submitForOutboundReview(ctx, version)), 200)
  })
  .openapi(reviewRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    const input = { ...version, ...domain(c.req.valid('json')) }
    return c.json(wire(await reviewOutbound(ctx, input)), 200)
  })
  .openapi(submitFilingRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    return c.json(wire(await submitFiling(ctx, version)), 200)
  })
  .openapi(decideFilingRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    const input = { ...version, ...domain(c.req.valid('json')) }
    return c.json(wire(await decideFiling(ctx, input)), 200)
  })
  .openapi(listingRoute, async (c) => {
    const result = await listPriced(await context(c), c.req.valid('param').id)
    return c.json(wire(result), 200)
  })
  .openapi(changeRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    const { change, reason: why } = c.req.valid('json')
    return c.json(wire(await changes[change](ctx, { ...version, reason: why })), 200)
  })
  .openapi(listUpstreamsRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    const upstreams = await listUpstreams(ctx, version)
    const items = upstreams.map((each) => ({ ...each, settings: verbatim({ ...each.settings }) }))
    return c.json(wire({ items }), 200)
  })
  .openapi(proposeUpstreamRoute, async (c) => {
    const [ctx, version] = await of(c, c.req.valid('param').id)
    const result = await proposeUpstream(ctx, { ...version, ...c.req.valid('json') })
    return c.json(wire(result), 201)
  })
  .openapi(approveUpstreamRoute, async (c) => {
    const input = { upstreamId: c.req.valid('param').id }
    const { inspectUpstream } = c.var.deps
    return c.json(wire(await approveUpstream(await context(c), input, inspectUpstream)), 200)
  })
