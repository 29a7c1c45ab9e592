import { getBill, getStatement } from '#billing/index.ts'
import { DomainError } from '#kernel/errors.ts'
import { type IdPrefix, isId, type Id } from '#kernel/ids.ts'
import { documentFontsPath, readDocumentFont } from '#kernel/process/document-fonts.ts'
import { billHtml, statementHtml } from '#web/documents/index.ts'
import { context } from './context.ts'
import { newRouter } from './deps.ts'

const fontAge = 'public, max-age=604800'

/** Documents as people look at them and print them: the very pages the PDFs are made of, and their font. */
export function printPages() {
  return newRouter()
    .get('/documents/statements/:id', async (c) => {
      const statementId = idIn('stmt', c.req.param('id'))
      const version = Number(c.req.query('version') ?? 'NaN')
      const statement = await getStatement(await context(c), {
        statementId,
        ...(Number.isSafeInteger(version) ? { version } : {}),
      })
      return c.html(await statementHtml(statement), 200, { 'cache-control': 'private, no-store' })
    })
    .get('/documents/bills/:id', async (c) => {
      const bill = await getBill(await context(c), { billId: idIn('bill', c.req.param('id')) })
      return c.html(await billHtml({ bill }), 200, { 'cache-control': 'private, no-store' })
    })
    .get(`${documentFontsPath}*`, async (c) => {
      const font = await readDocumentFont(c.req.path.slice(documentFontsPath.length))
      if (font === undefined) throw new DomainError('NOT_FOUND')
      return c.body(new Uint8Array(font.bytes), 200, {
        'content-type': font.contentType,
        'cache-control': fontAge,
      })
    })
}

function idIn<P extends IdPrefix>(prefix: P, text: string): Id<P> {
  if (!isId(prefix, text)) throw new DomainError('NOT_FOUND')
  return text
}
