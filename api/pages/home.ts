import { newRouter } from '#api/deps.ts'
import {
  findCatalogueVersion,
  listCatalogueVersions,
  listFields,
  listOperatorPages,
  listPublicPolicyDocuments,
  listPublicScenarios,
} from '#governance/index.ts'
import { HomePage } from '#web/public/home.tsx'
import { readMarket, withPrices } from './market.ts'
import { frameFor, sendPage } from './render.ts'

const productsShown = 6

export const homeRoutes = newRouter()
homeRoutes.get('/', async (c) => {
  const { db, clock } = c.var.deps
  const [market, fields, scenarios, operators, documents, [latest]] = await Promise.all([
    readMarket(c.var.deps),
    listFields(db),
    listPublicScenarios(db, { limit: 200 }),
    listOperatorPages(db),
    listPublicPolicyDocuments(db),
    listCatalogueVersions(db),
  ])
  const catalogue = latest && (await findCatalogueVersion(db, latest.version))
  const items = catalogue?.items ?? []
  const inUse = new Set(market.products.map((product) => product.fieldCode))
  const view = {
    asOf: clock.now(),
    products: withPrices(market.products.slice(0, productsShown), market.board),
    fields: fields.filter((field) => inUse.has(field.code)),
    counts: {
      products: market.products.length,
      items: market.board.length,
      scenarios: scenarios.items.length,
      resources: items.length,
      providers: new Set(items.map((item) => item.providerCode)).size,
    },
    operators: operators.filter((operator) => operator.status === 'active'),
    documents,
  }
  const frame = frameFor(c, { section: 'home', isSample: market.isSample })
  return sendPage(c, HomePage({ frame, view }))
})
