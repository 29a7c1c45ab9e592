import { createRoute, z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import { context } from '#api/context.ts'
import { fileAnswer, month, refusals } from '#api/contract.ts'
import { type AppEnv, newRouter } from '#api/deps.ts'
import { readCallsCsv, readUsageExport, readUsageProof } from '#api/usage/read-own-usage.ts'
import { parseMonth } from '#kernel/period.ts'

const types = { csv: 'text/csv; charset=utf-8', lines: 'application/x-ndjson' } as const
const query = z.object({ month })

const callsRoute = createRoute({
  method: 'get',
  path: '/v1/usage/calls.csv',
  tags: ['Usage'],
  summary:
    'A month of the buyer’s calls: what each was charged or why not, and what its seal is over',
  request: { query },
  responses: {
    200: fileAnswer('text/csv', 'CSV with a byte order mark'),
    ...refusals(401, 403, 422),
  },
})

const proofRoute = createRoute({
  method: 'get',
  path: '/v1/usage/proof',
  tags: ['Verification'],
  summary:
    'The buyer’s sealed calls of a month with the path up to each published root, for tools/verify-usage.mjs',
  request: { query },
  responses: { 200: fileAnswer(types.lines, 'JSON lines'), ...refusals(401, 403, 422) },
})

const exportRoute = createRoute({
  method: 'get',
  path: '/v1/usage/export',
  tags: ['Verification'],
  summary: 'All sealed usage of a month, for both bureaus and the auditor to verify by themselves',
  request: { query },
  responses: { 200: fileAnswer(types.lines, 'JSON lines'), ...refusals(401, 403, 422) },
})

export const usageFileRoutes = newRouter()
  .openapi(callsRoute, async (c) => {
    const asked = parseMonth(c.req.valid('query').month)
    const csv = readCallsCsv(await context(c), asked)
    return c.body(streamOf(csv), 200, headers(c, types.csv, `calls-${asked}.csv`))
  })
  .openapi(proofRoute, async (c) => {
    const asked = parseMonth(c.req.valid('query').month)
    const proof = readUsageProof(await context(c), asked)
    return c.body(streamOf(proof), 200, headers(c, types.lines, `usage-proof-${asked}.jsonl`))
  })
  .openapi(exportRoute, async (c) => {
    const asked = parseMonth(c.req.valid('query').month)
    const all = readUsageExport(await context(c), asked)
    return c.body(streamOf(all), 200, headers(c, types.lines, `usage-export-${asked}.jsonl`))
  })

const charactersPerChunk = 65_536

/** Sends text as it is made; a reader that leaves ends the making. */
function streamOf(text: AsyncGenerator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      let chunk = ''
      while (chunk.length < charactersPerChunk) {
        const next = await text.next()
        if (next.done === true) {
          if (chunk !== '') controller.enqueue(encoder.encode(chunk))
          controller.close()
          return
        }
        chunk += next.value
      }
      controller.enqueue(encoder.encode(chunk))
    },
    async cancel() {
      await text.return(undefined)
    },
  })
}

/** A tag of its own, because one made from the content would hold all of it in memory first. */
function headers(
  c: HonoContext<AppEnv>,
  contentType: string,
  name: string,
): Record<string, string> {
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name}"`,
    etag: `"${c.var.requestId}"`,
  }
}
