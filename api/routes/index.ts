import { newRouter } from '#api/deps.ts'
import { auditRoutes } from './audit.ts'
import { accountRoutes } from './billing-accounts.ts'
import { billRoutes } from './billing-bills.ts'
import { ledgerRoutes } from './billing-ledger.ts'
import { paymentRoutes } from './billing-payments.ts'
import { postedPriceRoutes } from './billing-posted-prices.ts'
import { priceBoardRoutes } from './billing-price-board.ts'
import { pricingRoutes } from './billing-pricing.ts'
import { subscriptionRoutes } from './billing-subscriptions.ts'
import { documentRoutes } from './documents.ts'
import { governanceRoutes } from './governance.ts'
import { invitationRoutes } from './invitations.ts'
import { jobRoutes } from './jobs.ts'
import { meRoutes } from './me.ts'
import { meteringRoutes } from './metering.ts'
import { parkedRoutes } from './metering-parked.ts'
import { noticeRoutes } from './notices.ts'
import { organizationRoutes } from './organizations.ts'
import { peopleRoutes } from './people.ts'
import { publicKeyRoutes } from './public-keys.ts'
import { revenueRoutes } from './revenue.ts'
import { sessionRoutes } from './session.ts'
import { splitRuleRoutes } from './split-rules.ts'
import { statementRoutes } from './statements.ts'
import { statementSigningRoutes } from './statement-signing.ts'
import { sealRoutes } from './seals.ts'
import { usageRoutes } from './usage.ts'
import { usageBatchRoutes } from './usage-batches.ts'
import { usageCorrectionRoutes } from './usage-corrections.ts'
import { usageFileRoutes } from './usage-files.ts'

/** Every area in one chain, so that the typed client of the console knows each route. */
export const consoleRoutes = newRouter()
  .route('/', sessionRoutes)
  .route('/', meRoutes)
  .route('/', peopleRoutes)
  .route('/', invitationRoutes)
  .route('/', organizationRoutes)
  .route('/', auditRoutes)
  .route('/', jobRoutes)
  .route('/', publicKeyRoutes)
  .route('/', noticeRoutes)
  .route('/', governanceRoutes)
  .route('/', usageRoutes)
  .route('/', usageCorrectionRoutes)
  .route('/', usageBatchRoutes)
  .route('/', meteringRoutes)
  .route('/', parkedRoutes)
  .route('/', usageFileRoutes)
  .route('/', sealRoutes)
  .route('/', revenueRoutes)
  .route('/', priceBoardRoutes)
  .route('/', pricingRoutes)
  .route('/', postedPriceRoutes)
  .route('/', subscriptionRoutes)
  .route('/', billRoutes)
  .route('/', paymentRoutes)
  .route('/', accountRoutes)
  .route('/', ledgerRoutes)
  .route('/', splitRuleRoutes)
  .route('/', statementRoutes)
  .route('/', statementSigningRoutes)
  .route('/', documentRoutes)

export type ConsoleApi = typeof consoleRoutes
