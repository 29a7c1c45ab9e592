import { createRoute, z } from '@hono/zod-openapi'
import { context, personContext, publicContext } from '#api/context.ts'
import { answer, anybody, body, idOf, instant, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { submitUsageBatch } from '#api/usage/submit-usage-batch.ts'
import { domain, wire } from '#api/wire.ts'
import {
  approveBatchSource,
  listBatchSources,
  listUsageBatches,
  registerBatchSource,
  revokeBatchSource,
} from '#metering/index.ts'

const tags = ['Usage']

const ReportedEvent = z.strictObject({
  reference: z.string().regex(/^[\x21-\x7e]{1,100}$/),
  occurred_at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  subscription_id: idOf('sub'),
  product_version_id: idOf('pver'),
  result_class: z.enum(['found', 'not_found', 'failed']),
  http_status: z.int().min(100).max(599),
  records: z.int().min(0),
  bytes: z.int().min(0),
  duration_ms: z.int().min(0),
})

const SignedBatchIn = z.strictObject({
  source_id: idOf('source'),
  sequence: z.int().min(1),
  events: z.array(ReportedEvent).min(1).max(5_000),
  signature: z.string().max(200).openapi({
    description:
      'Ed25519 in base64url over the canonical JSON (RFC 8785) of {"kind":"usage-batch", source_id, sequence, events}',
  }),
})

const submitRoute = createRoute({
  method: 'post',
  path: '/v1/usage/batches',
  tags,
  summary: 'A signed batch of use from a sandbox or privacy-computing job of the platform',
  description: 'The signature says who reports; no other credential is asked for.',
  ...anybody,
  request: { body: body(SignedBatchIn) },
  responses: {
    202: answer(
      z
        .object({
          source_id: z.string(),
          sequence: z.int(),
          digest: z.string(),
          event_count: z.int(),
          accepted_at: instant,
          receipt: z.string(),
        })
        .openapi('UsageBatchAccepted'),
      'Durable; the same batch again gets this answer again',
    ),
    ...refusals(403, 409, 422),
  },
})

const Sources = z
  .object({
    items: z.array(
      z.object({
        source_id: idOf('source'),
        name: z.string(),
        public_key: z.string(),
        product_version_ids: z.array(z.string()),
        registered_by: z.string(),
        registered_at: instant,
        approved_by: z.string().nullable(),
        approved_at: instant.nullable(),
        revoked_by: z.string().nullable(),
        revoked_at: instant.nullable(),
        batches: z.int(),
        batches_under_way: z.int(),
        last_sequence: z.string(),
        last_accepted_at: instant.nullable(),
      }),
    ),
  })
  .openapi('BatchSources')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/usage/batch-sources',
  tags,
  summary: 'Sources of signed batches, and how far each has reported',
  responses: { 200: answer(Sources, 'The sources'), ...refusals(401, 403) },
})

const Batches = z
  .object({
    items: z.array(
      z.object({
        sequence: z.string(),
        event_count: z.int(),
        accepted_at: instant,
        forwardings: z.int(),
        forwarded_at: instant.nullable(),
        stored: z.int().openapi({ description: 'Events of it that are stored' }),
        parked: z.int().openapi({ description: 'Events the writer could not read' }),
        settled_at: instant.nullable().openapi({
          description: 'When its last event was stored or parked; until then bills wait for it',
        }),
      }),
    ),
  })
  .openapi('UsageBatches')

const batchesRoute = createRoute({
  method: 'get',
  path: '/v1/usage/batch-sources/{id}/batches',
  tags,
  summary: 'Batches of a source: accepted, forwarded, and how many of their events are stored',
  request: { params: pathId('source') },
  responses: {
    200: answer(Batches, 'Those that are not stored whole first, then the latest'),
    ...refusals(401, 403, 404),
  },
})

const registerRoute = createRoute({
  method: 'post',
  path: '/v1/usage/batch-sources',
  tags,
  summary: 'Register a source of signed batches',
  request: {
    body: body(
      z.object({
        name: z.string().min(1).max(200),
        public_key: z.string().max(100),
        product_version_ids: z.array(idOf('pver')).min(1).max(100),
      }),
    ),
  },
  responses: {
    201: answer(
      z
        .object({ kind: z.literal('registered'), source_id: idOf('source') })
        .openapi('BatchSourceRegistered'),
      'The security administrator approves',
    ),
    ...refusals(401, 403, 409, 422),
  },
})

const approveRoute = createRoute({
  method: 'post',
  path: '/v1/usage/batch-sources/{id}/approve',
  tags,
  summary: 'Let a registered source report',
  request: { params: pathId('source') },
  responses: {
    200: answer(
      z.object({ kind: z.enum(['approved', 'already_approved']) }).openapi('BatchSourceApproved'),
      'It may report',
    ),
    ...refusals(401, 403, 404, 409),
  },
})

const revokeRoute = createRoute({
  method: 'post',
  path: '/v1/usage/batch-sources/{id}/revoke',
  tags,
  summary: 'End a source; what it had reported stands',
  request: { params: pathId('source') },
  responses: {
    200: answer(
      z.object({ kind: z.enum(['revoked', 'already_revoked']) }).openapi('BatchSourceRevoked'),
      'It has ended',
    ),
    ...refusals(401, 403, 404),
  },
})

export const usageBatchRoutes = newRouter()
  .openapi(submitRoute, async (c) => {
    // The events as they were signed, and the same as the platform reads them.
    const told = c.req.valid('json')
    const { sourceId, sequence, signature } = domain({ ...told, events: [] })
    const uses = domain(told.events).map(({ occurredAt, ...use }) => ({
      ...use,
      occurredAtMs: Date.parse(occurredAt),
    }))
    const batch = { sourceId, sequence, signature, events: told.events }
    const receipt = await submitUsageBatch(await publicContext(c), { batch, uses })
    return c.json(wire(receipt), 202)
  })
  .openapi(listRoute, async (c) => {
    const sources = await listBatchSources(await context(c))
    const items = sources.map((source) => ({
      ...source,
      lastSequence: String(source.lastSequence),
    }))
    return c.json(wire({ items }), 200)
  })
  .openapi(batchesRoute, async (c) => {
    const input = { sourceId: c.req.valid('param').id }
    const batches = await listUsageBatches(await context(c), input)
    const items = batches.map((batch) => ({ ...batch, sequence: String(batch.sequence) }))
    return c.json(wire({ items }), 200)
  })
  .openapi(registerRoute, async (c) => {
    const input = domain(c.req.valid('json'))
    return c.json(wire(await registerBatchSource(await personContext(c), input)), 201)
  })
  .openapi(approveRoute, async (c) => {
    const input = { sourceId: c.req.valid('param').id }
    return c.json(wire(await approveBatchSource(await personContext(c), input)), 200)
  })
  .openapi(revokeRoute, async (c) => {
    const input = { sourceId: c.req.valid('param').id }
    return c.json(wire(await revokeBatchSource(await personContext(c), input)), 200)
  })
