import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import {
  answer,
  body,
  day,
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
  applyForEntry,
  decideEntry,
  type EntryDeclaration,
  listEntryApplications,
  offerDevelopmentAgreement,
  signDevelopmentAgreement,
} from '#governance/index.ts'
import { digestText, Done, reason } from './governance-words.ts'

const decisionStatus = z.enum(['submitted', 'approved', 'rejected'])
const declaration = z.object({
  evidence: z.string().trim().min(1).max(2000),
  file_digest: digestText.optional(),
})
const Declarations = z
  .object({
    data_management_ability: declaration,
    security_ability: declaration,
    business_state: declaration,
    credit_standing: declaration,
    no_incident_in_three_years: declaration,
    legal_conformity: declaration,
  } satisfies Record<EntryDeclaration, z.ZodType>)
  .openapi('EntryDeclarations')

const Entry = z
  .object({
    id: z.string(),
    number: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    operator_id: z.string(),
    operator_name: z.string(),
    declarations: z.record(z.string(), z.object({ evidence: z.string() })),
    last_incident_on: day.nullable(),
    applied_at: instant,
    status: decisionStatus,
    decided_at: instant.nullable(),
    reason: z.string().nullable(),
    development_agreement: z
      .object({
        id: z.string(),
        number: z.string(),
        status: z.enum(['offered', 'in_force', 'ended']),
        starts_on: day,
        ends_on: day,
        offered_at: instant,
        signed_at: instant.nullable(),
      })
      .nullable(),
  })
  .openapi('EntryApplication')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/entry-applications',
  tags: ['Buyers'],
  summary: 'Entry applications I may see, the newest first',
  request: { query: pageQuery.extend({ status: decisionStatus.optional() }) },
  responses: { 200: answer(pageOf(Entry), 'One page'), ...refusals(401, 403, 422) },
})

const applyRoute = createRoute({
  method: 'post',
  path: '/v1/entry-applications',
  tags: ['Buyers'],
  summary: 'Apply to become a buyer',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        declarations: Declarations,
        last_incident_on: day.nullable(),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), entry_application_id: z.string(), number: z.string() })
        .openapi('EntryApplied'),
      'The application',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/entry-applications/{id}/decision',
  tags: ['Buyers'],
  summary: 'Decide an entry application',
  request: {
    params: pathId('entry'),
    body: body(z.object({ verdict: z.enum(['approve', 'reject']), reason })),
  },
  responses: { 200: answer(Done, 'Decided'), ...refusals(401, 403, 404, 409, 422) },
})

const offerRoute = createRoute({
  method: 'post',
  path: '/v1/entry-applications/{id}/development-agreement',
  tags: ['Buyers'],
  summary: 'Offer the development agreement to an approved applicant',
  request: {
    params: pathId('entry'),
    body: body(z.object({ starts_on: day, ends_on: day })),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), development_agreement_id: z.string(), number: z.string() })
        .openapi('DevelopmentAgreementOffered'),
      'The agreement',
    ),
    ...refusals(401, 403, 404, 409, 422),
  },
})

const signRoute = createRoute({
  method: 'post',
  path: '/v1/development-agreements/{id}/signature',
  tags: ['Buyers'],
  summary: 'Sign the development agreement offered to my organization',
  request: { params: pathId('devagr') },
  responses: { 200: answer(Done, 'Signed'), ...refusals(401, 403, 404, 409) },
})

export const governanceBuyerRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const page = await listEntryApplications(await context(c), domain(c.req.valid('query')))
    return c.json(
      pageAnswer(page, (entry) =>
        wire({ ...entry, declarations: verbatim({ ...entry.declarations }) }),
      ),
      200,
    )
  })
  .openapi(applyRoute, async (c) => {
    const { declarations, ...rest } = c.req.valid('json')
    const input = { ...domain(rest), declarations: evidenceOf(declarations) }
    return c.json(wire(await applyForEntry(await context(c), input)), 201)
  })
  .openapi(decideRoute, async (c) => {
    const input = { entryApplicationId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await decideEntry(await context(c), input)), 200)
  })
  .openapi(offerRoute, async (c) => {
    const input = { entryApplicationId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await offerDevelopmentAgreement(await context(c), input)), 201)
  })
  .openapi(signRoute, async (c) => {
    const input = { developmentAgreementId: c.req.valid('param').id }
    return c.json(wire(await signDevelopmentAgreement(await context(c), input)), 200)
  })

/** The names of the declarations are codes, kept as they are; only what stands under them is renamed. */
function evidenceOf(
  given: z.output<typeof Declarations>,
): Parameters<typeof applyForEntry>[1]['declarations'] {
  return {
    data_management_ability: domain(given.data_management_ability),
    security_ability: domain(given.security_ability),
    business_state: domain(given.business_state),
    credit_standing: domain(given.credit_standing),
    no_incident_in_three_years: domain(given.no_incident_in_three_years),
    legal_conformity: domain(given.legal_conformity),
  }
}
