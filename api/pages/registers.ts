import { newRouter } from '#api/deps.ts'
import {
  findCatalogueVersion,
  listCatalogueVersions,
  listPublicScenarios,
} from '#governance/index.ts'
import { DomainError } from '#kernel/errors.ts'
import { CataloguePage } from '#web/public/catalogue.tsx'
import { ScenariosPage } from '#web/public/scenarios.tsx'
import { readMarket } from './market.ts'
import { frameFor, sendPage } from './render.ts'

export const registerRoutes = newRouter()
registerRoutes.get('/scenarios', async (c) => {
  const { db, clock } = c.var.deps
  const [{ isSample }, page] = await Promise.all([
    readMarket(c.var.deps),
    listPublicScenarios(db, { cursor: c.req.query('cursor') }),
  ])
  const frame = frameFor(c, { section: 'scenarios', isSample })
  const view = { asOf: clock.now(), scenarios: page.items, nextCursor: page.nextCursor }
  return sendPage(c, ScenariosPage({ frame, view }))
})

registerRoutes.get('/catalogue', async (c) => {
  const { db, clock } = c.var.deps
  const [{ isSample }, versions] = await Promise.all([
    readMarket(c.var.deps),
    listCatalogueVersions(db),
  ])
  const asked = c.req.query('version') ?? versions[0]?.version.toString()
  const shown = asked === undefined ? null : await getVersion(c.var.deps.db, asked)
  const frame = frameFor(c, { section: 'catalogue', isSample })
  return sendPage(c, CataloguePage({ frame, view: { asOf: clock.now(), shown, versions } }))
})

async function getVersion(db: Parameters<typeof findCatalogueVersion>[0], asked: string) {
  const shown = /^[1-9]\d{0,8}$/.test(asked)
    ? await findCatalogueVersion(db, Number(asked))
    : undefined
  if (shown === undefined) throw new DomainError('NOT_FOUND')
  return shown
}
