import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, count, instant, pageOf, pageQuery, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { pageAnswer } from '#api/page.ts'
import { listAuditEntries } from '#api/operations/list-audit-entries.ts'
import { domain, verbatim, wire } from '#api/wire.ts'

const AuditEntry = z
  .object({
    id: count,
    recorded_at: instant,
    actor_kind: z.enum(['person', 'api_key', 'system', 'anonymous']),
    actor_id: z.string(),
    actor_name: z.string().nullable(),
    organization_id: z.string().nullable(),
    action: z.string(),
    outcome: z.enum(['done', 'refused']),
    object_type: z.string(),
    object_id: z.string(),
    detail: z.unknown(),
    request_id: z.string(),
    seal_id: count
      .nullable()
      .openapi({ description: 'The signed seal that lists it, once sealed' }),
  })
  .openapi('AuditEntry')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  tags: ['Operation'],
  summary: 'What was done and refused, the newest first',
  request: {
    query: pageQuery.extend({
      object_id: z.string().max(100).optional(),
      actor_id: z.string().max(100).optional(),
      action: z.string().max(100).optional(),
      outcome: z.enum(['done', 'refused']).optional(),
    }),
  },
  responses: { 200: answer(pageOf(AuditEntry), 'One page'), ...refusals(401, 403, 422) },
})

export const auditRoutes = newRouter().openapi(listRoute, async (c) => {
  const page = await listAuditEntries(await context(c), domain(c.req.valid('query')))
  const told = pageAnswer(page, (entry) =>
    wire({
      ...entry,
      id: String(entry.id),
      sealId: entry.sealId === null ? null : String(entry.sealId),
      detail: verbatim(entry.detail),
    }),
  )
  return c.json(told, 200)
})
