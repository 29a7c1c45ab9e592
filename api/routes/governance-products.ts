import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  decimal,
  idOf,
  instant,
  pageOf,
  pageQuery,
  pathId,
  refusals,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  draftProduct,
  draftProductVersion,
  getProductVersion,
  listProductVersions,
  type ProductContentInput,
  type ProductVersionMove,
  productVersionMoves,
  productVersionStatuses,
} from '#governance/index.ts'
import { parseDecimal } from '#kernel/decimal.ts'
import { productKind, purposeClass } from './governance-words.ts'

const status = z.enum(productVersionStatuses)
const moves = Object.keys(productVersionMoves) as [ProductVersionMove, ...ProductVersionMove[]]

const Version = z
  .object({
    id: z.string(),
    product_id: z.string(),
    product_code: z.string(),
    product_name: z.string(),
    product_kind: productKind,
    operator_id: z.string(),
    number: z.int(),
    status,
    status_changed_at: instant,
    content_digest: z.string(),
    contains_personal_information: z.boolean(),
    registration_state: z.enum(['registered', 'to_be_registered']),
    registration_number: z.string().nullable(),
    recorded_by: z.string(),
    recorded_at: instant,
    filing_number: z.string().nullable(),
    filing_reason: z.string().nullable(),
    review_verdict: z.enum(['passed', 'failed']).nullable(),
    review_reason: z.string().nullable(),
  })
  .openapi('ProductVersion')

const Detail = Version.extend({
  content: z.record(z.string(), z.unknown()),
  resources: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      provider_id: z.string(),
      provider_name: z.string(),
      weight: decimal,
    }),
  ),
  scenarios: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      status: z.enum(['draft', 'submitted', 'approved', 'rejected']),
      purpose_class: purposeClass,
    }),
  ),
  moves: z.array(
    z.object({
      move: z.string(),
      from_status: z.string(),
      to_status: z.string(),
      reason: z.string(),
      organization_name: z.string().nullable(),
      moved_at: instant,
    }),
  ),
  next_moves: z.array(z.enum(moves)),
}).openapi('ProductVersionDetail')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/product-versions',
  tags: ['Products'],
  summary: 'Product versions in every status; an operator sees its own',
  request: {
    query: pageQuery.extend({ status: status.optional(), product_id: idOf('product').optional() }),
  },
  responses: { 200: answer(pageOf(Version), 'One page'), ...refusals(401, 403, 422) },
})

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/product-versions/{id}',
  tags: ['Products'],
  summary: 'One version with content, lineage, scenarios and history',
  request: { params: pathId('pver') },
  responses: { 200: answer(Detail, 'The version'), ...refusals(401, 403, 404) },
})

const draftProductRoute = createRoute({
  method: 'post',
  path: '/v1/products',
  tags: ['Products'],
  summary: 'Open a product; its versions say what it gives',
  request: {
    body: body(
      z.object({
        code: z.string().min(3).max(63),
        name: z.string().min(1).max(200),
        name_en: z.string().min(1).max(200),
        kind: productKind,
        field_code: z.string().max(50),
        summary: z.string().min(1).max(1000),
        summary_en: z.string().min(1).max(1000),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), product_id: z.string() }).openapi('ProductDrafted'),
      'The product',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const draftVersionRoute = createRoute({
  method: 'post',
  path: '/v1/products/{id}/versions',
  tags: ['Products'],
  summary: 'Write the next version, once and for good',
  request: {
    params: pathId('product'),
    body: body(
      z.object({
        content: z.record(z.string(), z.unknown()).openapi({
          description: 'Digested as it stands, so its names are its own; unknown ones are refused',
        }),
        contains_personal_information: z.boolean(),
        lineage: z.array(z.object({ resource_id: idOf('resource'), weight: decimal })).min(1),
        scenario_ids: z.array(idOf('scenario')).min(1).max(100),
        registration_number: z.string().max(64).nullable().default(null),
        registration_waiver_document_id: idOf('policy').nullable().default(null),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.string(),
          product_version_id: z.string(),
          number: z.int(),
          content_digest: z.string(),
        })
        .openapi('ProductVersionDrafted'),
      'The version',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

export const governanceProductRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const page = await listProductVersions(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(detailRoute, async (c) => {
    const ctx = await context(c)
    const version = await getProductVersion(ctx, { productVersionId: c.req.valid('param').id })
    const content: Record<string, unknown> = version.content
    return c.json(wire({ ...version, content: verbatim(content) }), 200)
  })
  .openapi(draftProductRoute, async (c) => {
    const result = await draftProduct(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(draftVersionRoute, async (c) => {
    const { content, lineage, ...rest } = c.req.valid('json')
    const result = await draftProductVersion(await context(c), {
      ...domain(rest),
      productId: c.req.valid('param').id,
      // The verb reads it strictly, field by field.
      content: content as ProductContentInput,
      lineage: lineage.map(({ resource_id, weight }) => ({
        resourceId: resource_id,
        weight: parseDecimal(weight, 'lineage'),
      })),
    })
    return c.json(wire(result), 201)
  })
