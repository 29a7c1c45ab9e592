import { readFileSync } from 'node:fs'
import { newRouter } from '#api/deps.ts'
import { namesOf } from '#api/usage/names.queries.ts'
import { monthOf, parseMonth } from '#kernel/period.ts'
import { listSealedMonths, listSeals } from '#metering/index.ts'
import { SealsPage } from '#web/public/seals.tsx'
import { readMarket } from './market.ts'
import { frameFor, sendPage } from './render.ts'

/** The verifier as it stands in the repository: whoever checks us may read all of it. */
const verifier = readFileSync(new URL(import.meta.resolve('#tools/verify-usage.mjs')), 'utf8')

export const sealPageRoutes = newRouter()
sealPageRoutes.get('/verify-usage.mjs', (c) =>
  c.body(verifier, 200, {
    'content-type': 'text/javascript; charset=utf-8',
    'content-disposition': 'attachment; filename="verify-usage.mjs"',
    'cache-control': 'no-cache',
  }),
)
sealPageRoutes.get('/seals', async (c) => {
  const { deps } = c.var
  const now = deps.clock.now()
  const months = await listSealedMonths(deps)
  const asked = c.req.query('month')
  const month = asked ? parseMonth(asked) : (months[0] ?? monthOf(now))
  const seals = await listSeals(deps, month)
  const { isSample } = await readMarket(deps)
  const byProduct = [...Map.groupBy(seals, (seal) => seal.productId)]
  const names = await namesOf(deps.db, {
    by: 'product',
    ids: byProduct.map(([productId]) => productId),
  })
  const products = byProduct.map(([productId, members]) => ({
    productId,
    name: names.get(productId)?.name ?? null,
    nameEn: names.get(productId)?.nameEn ?? null,
    // The newest day first: what somebody looks up is mostly yesterday.
    seals: members.toReversed(),
  }))
  const frame = frameFor(c, { section: null, isSample })
  return sendPage(c, SealsPage({ frame, view: { asOf: now, month, months, products } }))
})
