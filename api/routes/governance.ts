import { newRouter } from '#api/deps.ts'
import { governanceAccessRoutes } from './governance-access.ts'
import { spendCapRoutes } from './governance-spend-caps.ts'
import { governanceBuyerRoutes } from './governance-buyers.ts'
import { governanceCatalogueRoutes } from './governance-catalogue.ts'
import { governanceListingRoutes } from './governance-listing.ts'
import { governanceMarketRoutes } from './governance-market.ts'
import { governanceOperatorRoutes } from './governance-operators.ts'
import { governanceProductRoutes } from './governance-products.ts'
import { governanceScenarioRoutes } from './governance-scenarios.ts'
import { governanceStopRoutes } from './governance-stops.ts'

/** From the market everybody sees to the key a buyer calls with. */
export const governanceRoutes = newRouter()
  .route('/', governanceMarketRoutes)
  .route('/', governanceScenarioRoutes)
  .route('/', governanceCatalogueRoutes)
  .route('/', governanceOperatorRoutes)
  .route('/', governanceProductRoutes)
  .route('/', governanceListingRoutes)
  .route('/', governanceBuyerRoutes)
  .route('/', governanceAccessRoutes)
  .route('/', spendCapRoutes)
  .route('/', governanceStopRoutes)
