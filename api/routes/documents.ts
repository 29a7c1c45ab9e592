import { createRoute, z } from '@hono/zod-openapi'
import { context } from '#api/context.ts'
import { fileAnswer, pathId, refusals } from '#api/contract.ts'
import { newRouter } from '#api/deps.ts'
import { getBill, getStatement, listStatementFiles } from '#billing/index.ts'
import type { Id } from '#kernel/ids.ts'
import { DomainError } from '#kernel/errors.ts'
import { billHtml, statementHtml, statementXlsx } from '#web/documents/index.ts'

const versionQuery = z.object({ version: z.coerce.number().int().min(1).optional() })
const types = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
} as const

const statementPdf = createRoute({
  method: 'get',
  path: '/v1/statements/{id}/pdf',
  tags: ['Statements'],
  summary: 'The statement on paper',
  request: { params: pathId('stmt'), query: versionQuery },
  responses: { 200: fileAnswer(types.pdf, 'PDF'), ...refusals(401, 403, 404, 422) },
})
const statementSheet = createRoute({
  method: 'get',
  path: '/v1/statements/{id}/xlsx',
  tags: ['Statements'],
  summary: 'The statement as a workbook, a sheet per part',
  request: { params: pathId('stmt'), query: versionQuery },
  responses: { 200: fileAnswer(types.xlsx, 'Workbook'), ...refusals(401, 403, 404, 422) },
})
const statementJson = createRoute({
  method: 'get',
  path: '/v1/statements/{id}/json',
  tags: ['Statements'],
  summary: 'The canonical JSON, byte for byte what the digest is of',
  request: { params: pathId('stmt'), query: versionQuery },
  responses: { 200: fileAnswer('application/json', 'JSON'), ...refusals(401, 403, 404, 422) },
})
const detailFile = createRoute({
  method: 'get',
  path: '/v1/statement-versions/{id}/files/{name}',
  tags: ['Statements'],
  summary: 'A detail file of part J; its digest stands in the statement',
  request: { params: pathId('sver').extend({ name: z.string().max(100) }) },
  responses: { 200: fileAnswer('text/csv', 'CSV'), ...refusals(401, 403, 404) },
})
const billPdf = createRoute({
  method: 'get',
  path: '/v1/bills/{id}/pdf',
  tags: ['Bills'],
  summary: 'The bill on paper',
  request: { params: pathId('bill') },
  responses: { 200: fileAnswer(types.pdf, 'PDF'), ...refusals(401, 403, 404) },
})

export const documentRoutes = newRouter()
  .openapi(statementPdf, async (c) => {
    const statement = await getStatement(
      await context(c),
      wanted(c.req.valid('param'), c.req.valid('query')),
    )
    const pdf = await c.var.deps.renderPdf(await statementHtml(statement))
    return c.body(
      bytes(pdf),
      200,
      headers(types.pdf, `${statement.number}-v${statement.version}.pdf`),
    )
  })
  .openapi(statementSheet, async (c) => {
    const statement = await getStatement(
      await context(c),
      wanted(c.req.valid('param'), c.req.valid('query')),
    )
    const name = `${statement.number}-v${statement.version}.xlsx`
    return c.body(bytes(await statementXlsx(statement)), 200, headers(types.xlsx, name))
  })
  .openapi(statementJson, async (c) => {
    const statement = await getStatement(
      await context(c),
      wanted(c.req.valid('param'), c.req.valid('query')),
    )
    const name = `${statement.number}-v${statement.version}.json`
    return c.body(statement.contentText, 200, {
      ...headers(types.json, name),
      'x-content-digest': statement.contentDigest,
    })
  })
  .openapi(detailFile, async (c) => {
    const { id, name } = c.req.valid('param')
    const files = await listStatementFiles(await context(c), id)
    const found = files.find((each) => each.name === name)
    if (found === undefined) throw new DomainError('NOT_FOUND')
    return c.body(bytes(found.bytes), 200, headers(types.csv, found.name))
  })
  .openapi(billPdf, async (c) => {
    const bill = await getBill(await context(c), { billId: c.req.valid('param').id })
    const pdf = await c.var.deps.renderPdf(await billHtml({ bill }))
    return c.body(bytes(pdf), 200, headers(types.pdf, `${bill.number ?? bill.billId}.pdf`))
  })

function wanted(
  { id }: Readonly<{ id: Id<'stmt'> }>,
  { version }: Readonly<{ version?: number | undefined }>,
): Parameters<typeof getStatement>[1] {
  return { statementId: id, ...(version === undefined ? {} : { version }) }
}

/** File names are made of our own numbers, so they hold nothing that could end the header. */
function headers(contentType: string, name: string): Record<string, string> {
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`,
  }
}

function bytes(file: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(file)
}
