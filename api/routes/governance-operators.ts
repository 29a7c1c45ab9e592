import { createRoute, z } from '@hono/zod-openapi'
import { context, publicContext } from '#api/context.ts'
import {
  answer,
  anybody,
  body,
  day,
  idOf,
  instant,
  instantIn,
  pageQuery,
  pathId,
  refusals,
} from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { domain, wire } from '#api/wire.ts'
import {
  activateOperator,
  draftAgreement,
  grantAuthorization,
  listAuthorizations,
  listOperatorPages,
  listPolicyDocuments,
  listPublicPolicyDocuments,
  recordOperatorSelection,
  registerPolicyDocument,
  revokeAuthorization,
  signAgreement,
} from '#governance/index.ts'
import {
  Authorizations,
  Operators,
  PolicyDocumentPage,
  PolicyDocuments,
  selectionMethod,
  Warning,
} from './governance-operator-words.ts'
import { digestText, Done, reason } from './governance-words.ts'

const post: { method: 'post'; tags: string[] } = { method: 'post', tags: ['Operators'] }
const refused = refusals(401, 403, 404, 409, 422)

const operatorsRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/operators',
  tags: ['Market'],
  summary: 'The operators, how they were chosen, and their agreements',
  responses: { 200: answer(Operators, 'The operators') },
})

const publicDocumentsRoute = createRoute({
  ...anybody,
  method: 'get',
  path: '/v1/policy-documents/public',
  tags: ['Market'],
  summary: 'The documents the rules of the platform stand on',
  responses: { 200: answer(PolicyDocuments, 'The documents') },
})

const documentsRoute = createRoute({
  method: 'get',
  path: '/v1/policy-documents',
  tags: ['Operators'],
  summary: 'The policy register, in the order of registration',
  request: { query: pageQuery },
  responses: { 200: answer(PolicyDocumentPage, 'One page'), ...refusals(401, 403, 422) },
})

const registerDocumentRoute = createRoute({
  ...post,
  path: '/v1/policy-documents',
  summary: 'Register a document that rules stand on',
  request: {
    body: body(
      z.object({
        title: z.string().trim().min(1).max(300),
        number: z.string().trim().min(1).max(100),
        issuer: z.string().trim().min(1).max(200),
        issued_on: day,
        valid_from: day,
        valid_to: day.nullable(),
        file_name: z.string().trim().min(1).max(300),
        file_digest: digestText,
        note: z.string().max(2000).default(''),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), document_id: z.string() }).openapi('PolicyDocumentRegistered'),
      'The document',
    ),
    ...refused,
  },
})

const selectionRoute = createRoute({
  ...post,
  path: '/v1/operators/{id}/selections',
  summary: 'Record how an operator was chosen',
  request: {
    params: pathId('org'),
    body: body(
      z.object({
        method: selectionMethod,
        method_note: z.string().max(500).nullable().default(null),
        result: reason,
        notice_from: day,
        notice_to: day,
        notice_link: z.string().max(500),
        document_id: idOf('policy'),
      }),
    ),
  },
  responses: {
    201: answer(
      z.object({ kind: z.string(), selection_id: z.string() }).openapi('SelectionRecorded'),
      'The record',
    ),
    ...refused,
  },
})

const agreementRoute = createRoute({
  ...post,
  path: '/v1/agreements',
  summary: 'Draft the operating agreement; three years less a day by default',
  request: {
    body: body(
      z.object({
        number: z.string().trim().min(1).max(100),
        operator_id: idOf('org'),
        selection_id: idOf('selection'),
        scope: reason,
        goals: reason,
        starts_on: day,
        ends_on: day.optional(),
        term_override_document_id: idOf('policy').nullable().default(null),
        document_id: idOf('policy'),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({
          kind: z.string(),
          agreement_id: z.string(),
          ends_on: day,
          warnings: z.array(Warning),
        })
        .openapi('AgreementDrafted'),
      'The draft',
    ),
    ...refused,
  },
})

const signRoute = createRoute({
  ...post,
  path: '/v1/agreements/{id}/signature',
  summary: 'Put the signed operating agreement in force',
  request: { params: pathId('agreement') },
  responses: {
    200: answer(
      z.object({ kind: z.string(), signed_at: instant }).openapi('AgreementSigned'),
      'In force',
    ),
    ...refused,
  },
})

const activateRoute = createRoute({
  ...post,
  path: '/v1/operators/{id}/activation',
  summary: 'Let an operator begin',
  request: { params: pathId('org') },
  responses: { 200: answer(Done, 'Active'), ...refused },
})

const authorizationsRoute = createRoute({
  method: 'get',
  path: '/v1/authorizations',
  tags: ['Operators'],
  summary: 'Authorizations with their resources; an operator sees its own',
  responses: { 200: answer(Authorizations, 'The authorizations'), ...refusals(401, 403) },
})

const grantRoute = createRoute({
  ...post,
  path: '/v1/authorizations',
  summary: 'Authorize an operator to use resources',
  request: {
    body: body(
      z.object({
        operator_id: idOf('org'),
        agreement_id: idOf('agreement'),
        mode: z.enum(['whole', 'individual']),
        field_or_scenario: z.string().max(200).nullable().default(null),
        necessity: z.string().max(2000).nullable().default(null),
        reason,
        document_id: idOf('policy'),
        resource_ids: z.array(idOf('resource')).min(1).max(5000),
        effective_from: instantIn,
        effective_to: instantIn,
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.string(), authorization_id: z.string(), warnings: z.array(Warning) })
        .openapi('AuthorizationGranted'),
      'The authorization',
    ),
    ...refused,
  },
})

const revokeRoute = createRoute({
  ...post,
  path: '/v1/authorizations/{id}/revocation',
  summary: 'End an authorization now; what it carried is suspended',
  request: { params: pathId('authz'), body: body(z.object({ reason })) },
  responses: { 200: answer(Done, 'Revoked'), ...refused },
})

export const governanceOperatorRoutes = newRouter()
  .openapi(operatorsRoute, async (c) => {
    const { db } = await publicContext(c)
    return c.json(wire({ items: await listOperatorPages(db) }), 200)
  })
  .openapi(publicDocumentsRoute, async (c) => {
    const { db } = await publicContext(c)
    return c.json(wire({ items: await listPublicPolicyDocuments(db) }), 200)
  })
  .openapi(documentsRoute, async (c) => {
    const page = await listPolicyDocuments(await context(c), domain(c.req.valid('query')))
    return c.json(pageAnswer(page, wire), 200)
  })
  .openapi(registerDocumentRoute, async (c) => {
    const result = await registerPolicyDocument(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(selectionRoute, async (c) => {
    const input = { operatorId: c.req.valid('param').id, ...domain(c.req.valid('json')) }
    return c.json(wire(await recordOperatorSelection(await context(c), input)), 201)
  })
  .openapi(agreementRoute, async (c) => {
    const result = await draftAgreement(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(signRoute, async (c) => {
    const input = { agreementId: c.req.valid('param').id }
    return c.json(wire(await signAgreement(await context(c), input)), 200)
  })
  .openapi(activateRoute, async (c) => {
    const input = { operatorId: c.req.valid('param').id }
    return c.json(wire(await activateOperator(await context(c), input)), 200)
  })
  .openapi(authorizationsRoute, async (c) => {
    return c.json(wire({ items: await listAuthorizations(await context(c), {}) }), 200)
  })
  .openapi(grantRoute, async (c) => {
    const result = await grantAuthorization(await context(c), domain(c.req.valid('json')))
    return c.json(wire(result), 201)
  })
  .openapi(revokeRoute, async (c) => {
    const input = { authorizationId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(wire(await revokeAuthorization(await context(c), input)), 200)
  })
