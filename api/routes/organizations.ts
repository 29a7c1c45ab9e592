import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, body, instant, pageOf, pageQuery, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import { listOrganizations, registerOrganization } from '#governance/index.ts'

const kinds = z.enum([
  'data_bureau',
  'finance_bureau',
  'price_authority',
  'market_regulator',
  'state_asset_regulator',
  'security_supervisor',
  'auditor',
  'platform',
  'provider',
  'operator',
  'buyer',
])

const Organization = z
  .object({
    id: z.string(),
    kind: kinds,
    name: z.string(),
    name_en: z.string().nullable(),
    credit_code: z.string(),
    status: z.enum(['registered', 'active', 'suspended', 'exited']),
    contact_name: z.string().nullable(),
    contact_phone: z.string().nullable(),
    address: z.string().nullable(),
    is_sample: z.boolean(),
    registered_at: instant,
  })
  .openapi('Organization')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/organizations',
  tags: ['Organizations'],
  summary: 'Organizations, in the order of registration',
  request: { query: pageQuery.extend({ organization_kind: kinds.optional() }) },
  responses: { 200: answer(pageOf(Organization), 'One page'), ...refusals(401, 403, 422) },
})

const registerRoute = createRoute({
  method: 'post',
  path: '/v1/organizations',
  tags: ['Organizations'],
  summary: 'Register an organization under its credit code',
  request: {
    body: body(
      z.object({
        kind: kinds,
        name: z.string().trim().min(1).max(200),
        name_en: z.string().max(200).nullable().default(null),
        credit_code: z.string().max(30),
        contact_name: z.string().max(100).nullable().default(null),
        contact_phone: z.string().max(50).nullable().default(null),
        address: z.string().max(300).nullable().default(null),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({
        kind: z.enum(['registered', 'already_registered']),
        organization_id: z.string(),
      }),
      'The organization',
    ),
    ...refusals(401, 403, 409, 422),
  },
})

export const organizationRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const page = await listOrganizations(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(registerRoute, async (c) => {
    const result = await registerOrganization(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
