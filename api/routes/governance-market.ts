import { createRoute, z } from '@hono/zod-openapi'
import { publicContext } from '#api/context.ts'
import { answer, anybody, decimal, instant, pageOf, pageQuery, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, verbatim, wire } from '#api/wire.ts'
import {
  findProductPage,
  listFields,
  listProducts,
  productVersionStatuses,
} from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import { productKind, purposeClass } from './governance-words.ts'

const ProductSummary = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    name_en: z.string(),
    kind: productKind,
    field_code: z.string(),
    field_name: z.string(),
    field_name_en: z.string(),
    summary: z.string(),
    summary_en: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    version_id: z.string(),
    version_number: z.int(),
    status: z.enum(['listed', 'suspended']),
    listed_at: instant,
    filing_number: z.string(),
    contains_personal_information: z.boolean(),
    is_sample: z.boolean(),
    purpose_classes: z.array(purposeClass),
  })
  .openapi('ProductSummary')

const ProductPage = ProductSummary.extend({
  content: z.record(z.string(), z.unknown()).openapi({
    description: 'The version as it was reviewed, its own names kept: dictionary, delivery, …',
  }),
  content_digest: z.string(),
  registration_state: z.enum(['registered', 'to_be_registered']),
  registration_number: z.string().nullable(),
  suspension: z.object({ since: instant, reason: z.string() }).nullable(),
  review: z.object({ reviewed_at: instant, evidence_digest: z.string() }),
  filing: z.object({ number: z.string(), decided_at: instant }),
  scenarios: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      name_en: z.string(),
      purpose_class: purposeClass,
      description: z.string(),
    }),
  ),
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
  versions: z.array(
    z.object({
      id: z.string(),
      number: z.int(),
      status: z.enum(productVersionStatuses),
      status_changed_at: instant,
    }),
  ),
}).openapi('ProductPage')

const Fields = z
  .object({
    items: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        name_en: z.string(),
        position: z.int(),
        is_priority: z.boolean(),
      }),
    ),
  })
  .openapi('Fields')

const listProductsRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/products',
  tags: ['Market'],
  summary: 'Every listed product, 50 on a page, by code',
  request: {
    query: pageQuery.extend({
      query: z.string().max(100).optional(),
      field_code: z.string().max(50).optional(),
      kind: productKind.optional(),
      purpose_class: purposeClass.optional(),
    }),
  },
  responses: { 200: answer(pageOf(ProductSummary), 'One page'), ...refusals(422) },
})

const productRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/products/{code}',
  tags: ['Market'],
  summary: 'A product that is listed, or suspended from being so',
  request: { params: z.object({ code: z.string().max(64) }) },
  responses: { 200: answer(ProductPage, 'The product'), ...refusals(404) },
})

const fieldsRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/fields',
  tags: ['Market'],
  summary: 'The fields the plan names, in its order, and the rest',
  responses: { 200: answer(Fields, 'The fields') },
})

export const governanceMarketRoutes = newRouter()
  .openapi(listProductsRoute, async (c) => {
    const { db } = await publicContext(c)
    const page = await listProducts(db, domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(productRoute, async (c) => {
    const { db } = await publicContext(c)
    const product = await findProductPage(db, c.req.valid('param').code)
    if (product === undefined) throw new DomainError('NOT_FOUND')
    const content: Record<string, unknown> = product.content
    return c.json(wire({ ...product, content: verbatim(content) }), 200)
  })
  .openapi(fieldsRoute, async (c) => {
    const { db } = await publicContext(c)
    return c.json(wire({ items: await listFields(db) }), 200)
  })
