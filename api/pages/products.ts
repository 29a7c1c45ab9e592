import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { newRouter } from '#api/deps.ts'
import { identifyingParameter, magicEndings, sandboxLimits } from '#api/gateway/sandbox.ts'
import { listPriceBoard, type PriceBoardEntry } from '#billing/index.ts'
import {
  findProductPage,
  listFields,
  listProducts,
  type ProductContent,
} from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { ProductListPage, type ProductQuery } from '#web/public/product-list.tsx'
import { ProductPage } from '#web/public/product-page.tsx'
import type { SandboxView } from '#web/public/product-sandbox.tsx'
import { calculate } from './calculator.ts'
import { type Market, readMarket, withPrices } from './market.ts'
import { frameFor, readerLanguage, sendPage } from './render.ts'

const text = z.string().trim().min(1).max(100).optional().catch(undefined)

/** A facet nobody knows is no facet: an old link shows the list, not an error. */
const listQuery = z.object({
  q: text,
  field: text,
  kind: z.enum(['api', 'dataset', 'report', 'model']).optional().catch(undefined),
  form: z
    .enum([
      'per_call',
      'per_record',
      'per_megabyte',
      'per_piece',
      'graduated',
      'package',
      'period',
      'metered_not_charged',
    ])
    .optional()
    .catch(undefined),
  price: z.enum(['free', 'paid']).optional().catch(undefined),
  cursor: z.string().max(300).optional(),
})

export const productRoutes = newRouter()
productRoutes.get('/products', async (c) => {
  const { db, clock } = c.var.deps
  const { cursor, ...query } = listQuery.parse(c.req.query())
  const market = await readMarket(c.var.deps)
  const [page, fields] = await Promise.all([
    listProducts(db, {
      cursor,
      query: query.q,
      fieldCode: query.field,
      kind: query.kind,
      purposeClass: query.price === 'free' ? 'public_interest' : undefined,
      productIds: productsPriced(market.board, query),
    }),
    listFields(db),
  ])
  const view = {
    asOf: clock.now(),
    query,
    products: withPrices(page.items, market.board),
    nextCursor: page.nextCursor,
    isFirstPage: cursor === undefined,
    ...facetsOf(market, fields),
  }
  const frame = frameFor(c, { section: 'products', isSample: market.isSample })
  return sendPage(c, ProductListPage({ frame, view }))
})

/** The products that have such a price; undefined when the query says nothing of prices. */
function productsPriced(
  board: readonly PriceBoardEntry[],
  query: ProductQuery,
): Id<'product'>[] | undefined {
  if (query.form === undefined && query.price !== 'paid') return undefined
  const matching = board.filter(
    ({ cap, posted }) =>
      (query.form === undefined || cap.kind === query.form) &&
      (query.price !== 'paid' || (posted !== null && cap.kind !== 'metered_not_charged')),
  )
  return [...new Set(matching.map((entry) => entry.productId))]
}

/** Only choices that lead to something. */
function facetsOf(market: Market, fields: Awaited<ReturnType<typeof listFields>>) {
  const inUse = new Set(market.products.map((product) => product.fieldCode))
  return {
    fields: fields.filter((field) => inUse.has(field.code)),
    kinds: [...new Set(market.products.map((product) => product.kind))],
    forms: [...new Set(market.board.map((entry) => entry.cap.kind))],
  }
}

productRoutes.get('/products/:code', async (c) => {
  const { db, clock, publicUrl } = c.var.deps
  const product = await findProductPage(db, c.req.param('code'))
  if (product === undefined) throw new DomainError('NOT_FOUND')
  const prices = await listPriceBoard({ db, clock }, { productId: product.id })
  const view = {
    asOf: clock.now(),
    product,
    prices,
    calculator: calculate(prices, { item: c.req.query('item'), quantity: c.req.query('quantity') }),
    sandbox: sandboxOf(product.content),
    publicUrl,
  }
  const frame = frameFor(c, { section: 'products', isSample: product.isSample })
  return sendPage(c, ProductPage({ frame, view }))
})

function sandboxOf(content: ProductContent): SandboxView {
  const { callsPerSecond, concurrentCalls, callsPerDay } = sandboxLimits
  return {
    parameter: identifyingParameter(content)?.name ?? null,
    endings: magicEndings,
    callsPerSecond,
    concurrentCalls,
    callsPerDay,
  }
}

/** The data dictionary, before anybody subscribes. A byte order mark, or Excel shows garbage. */
productRoutes.get('/products/:code/dictionary.csv', async (c) => {
  const product = await findProductPage(c.var.deps.db, c.req.param('code'))
  if (product === undefined) throw new DomainError('NOT_FOUND')
  const language = readerLanguage(c)
  const rows = product.content.dictionary.map((entry) => [
    entry.name,
    entry.label[language],
    entry.type,
    entry.description[language],
    entry.isPersonalInformation ? 'yes' : 'no',
  ])
  const header = ['name', 'label', 'type', 'description', 'personal_information']
  const csv = stringify([header, ...rows], { bom: true, escape_formulas: true })
  return c.body(csv, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${product.code}-dictionary.csv"`,
  })
})
