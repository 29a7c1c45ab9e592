import { financeRiskModel } from './finance.ts'
import { healthUnderwriting, medicalChannels } from './health.ts'
import { housingFundCredit } from './housing-fund.ts'
import { smartParking } from './parking.ts'
import type { CityProduct } from './product.ts'
import { cultureTourism } from './tourism.ts'

export type { CityProduct } from './product.ts'

/** The six first entries of the plan's list, in its order and by its names (R28). */
export const products: readonly CityProduct[] = [
  housingFundCredit,
  healthUnderwriting,
  medicalChannels,
  smartParking,
  financeRiskModel,
  cultureTourism,
]
