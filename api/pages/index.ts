import { compress } from 'hono/compress'
import { newRouter } from '#api/deps.ts'
import { fileRoutes } from './files.ts'
import { homeRoutes } from './home.ts'
import { priceBoardRoutes } from './price-board.ts'
import { productRoutes } from './products.ts'
import { registerRoutes } from './registers.ts'
import { sealPageRoutes } from './seals.ts'

/** Public pages: data from the domain's queries, HTML from the views of web/public, no client script. */
export const pageRoutes = newRouter()
for (const path of [
  '/',
  '/products/*',
  '/price-board',
  '/price-board.csv',
  '/scenarios',
  '/catalogue',
  '/seals',
])
  pageRoutes.use(path, compress())
pageRoutes.route('/', fileRoutes)
pageRoutes.route('/', homeRoutes)
pageRoutes.route('/', productRoutes)
pageRoutes.route('/', priceBoardRoutes)
pageRoutes.route('/', registerRoutes)
pageRoutes.route('/', sealPageRoutes)
