import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { answer, instant, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { verbatim, wire } from '#api/wire.ts'
import { listNotices, markNoticesRead } from '#governance/index.ts'

const Notice = z
  .object({
    notice_id: z.string(),
    kind: z.string(),
    payload: z.record(z.string(), z.string()),
    occurred_at: instant.openapi({ description: 'When it happened' }),
    recorded_at: instant.openapi({ description: 'When the organization was told' }),
    read_at: instant.nullable(),
  })
  .openapi('Notice')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/notices',
  tags: ['Notices'],
  summary: 'What happened that concerns my organization, the newest first',
  request: { query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(30) }) },
  responses: { 200: answer(z.object({ items: z.array(Notice) }), 'The notices'), ...refusals(401) },
})

const readRoute = createRoute({
  method: 'post',
  path: '/v1/notices/read',
  tags: ['Notices'],
  summary: 'Mark the notices of my organization as read',
  responses: { 200: answer(z.object({ marked: z.int() }), 'How many were new'), ...refusals(401) },
})

export const noticeRoutes = newRouter()
  .openapi(listRoute, async (c) => {
    const { limit } = c.req.valid('query')
    const notices = await listNotices(await context(c), { limit })
    const items = notices.map((each) => wire({ ...each, payload: verbatim({ ...each.payload }) }))
    return c.json({ items }, 200)
  })
  .openapi(readRoute, async (c) => {
    return c.json({ marked: await markNoticesRead(await context(c)) }, 200)
  })
