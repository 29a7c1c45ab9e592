/** Who uses what, in which scenario and how much on a working day. Keys name rows of the other files. */
export type CitySubscription = Readonly<{
  key: string
  buyer: string
  product: string
  scenario: string
  /** None for the public interest, which is free (R50). */
  priceItem?: string
  callsPerWorkday: number
  /** How much of a working day's calls a Saturday or Sunday sees. */
  weekendShare: number
  /** Low enough to be met now and then, so that refusals are seen. */
  callsPerDayMax?: number
  /** The spend cap of its key, well above what it uses. */
  monthlySpendMaxYuan?: string
}>

function subscription(
  names: readonly [buyer: string, product: string, scenario: string],
  more: Omit<CitySubscription, 'key' | 'buyer' | 'product' | 'scenario'>,
): CitySubscription {
  const [buyer, product, scenario] = names
  return { key: `${buyer}/${product}/${scenario}`, buyer, product, scenario, ...more }
}

export const subscriptions: readonly CitySubscription[] = [
  subscription(['bank_a', 'housing-fund-credit', 'personal_credit'], {
    priceItem: 'HF-CALL',
    callsPerWorkday: 190,
    weekendShare: 0.15,
  }),
  subscription(['bank_b', 'housing-fund-credit', 'personal_credit'], {
    priceItem: 'HF-CALL',
    callsPerWorkday: 115,
    weekendShare: 0.1,
    callsPerDayMax: 128,
  }),
  subscription(['consumer_finance', 'housing-fund-credit', 'personal_credit'], {
    priceItem: 'HF-CALL',
    callsPerWorkday: 95,
    weekendShare: 0.8,
  }),
  subscription(['consumer_finance', 'finance-risk-model', 'enterprise_lending'], {
    priceItem: 'FR-CALL',
    callsPerWorkday: 12,
    weekendShare: 0,
    monthlySpendMaxYuan: '800.00',
  }),
  subscription(['life_insurer', 'health-insurance-underwriting', 'health_underwriting'], {
    priceItem: 'HI-CALL',
    callsPerWorkday: 85,
    weekendShare: 0.3,
  }),
  subscription(['health_insurer', 'health-insurance-underwriting', 'health_underwriting'], {
    priceItem: 'HI-CALL',
    callsPerWorkday: 55,
    weekendShare: 0.3,
  }),
  subscription(['health_media', 'medical-channel-value', 'health_channels'], {
    priceItem: 'MC-RECORD',
    callsPerWorkday: 6,
    weekendShare: 0,
  }),
  subscription(['dental_chain', 'medical-channel-value', 'health_channels'], {
    priceItem: 'MC-RECORD',
    callsPerWorkday: 3,
    weekendShare: 0,
  }),
  subscription(['parking_app', 'smart-parking', 'parking_guidance'], {
    priceItem: 'PK-CALL',
    callsPerWorkday: 95,
    weekendShare: 1.3,
  }),
  subscription(['map_maker', 'smart-parking', 'parking_guidance'], {
    priceItem: 'PK-MONTH',
    callsPerWorkday: 70,
    weekendShare: 1.2,
  }),
  subscription(['travel_platform', 'culture-tourism', 'tourism_operation'], {
    priceItem: 'CT-MB',
    callsPerWorkday: 8,
    weekendShare: 0.5,
  }),
  subscription(['travel_agency', 'culture-tourism', 'tourism_operation'], {
    priceItem: 'CT-MB',
    callsPerWorkday: 4,
    weekendShare: 0.5,
  }),
  subscription(['guarantor', 'finance-risk-model', 'enterprise_lending'], {
    priceItem: 'FR-CALL',
    callsPerWorkday: 34,
    weekendShare: 0,
  }),
  subscription(['guarantor', 'finance-risk-model', 'model_facility'], {
    priceItem: 'FR-FACILITY',
    callsPerWorkday: 4,
    weekendShare: 0,
  }),
  subscription(['micro_lender', 'finance-risk-model', 'enterprise_lending'], {
    priceItem: 'FR-CALL',
    callsPerWorkday: 24,
    weekendShare: 0.2,
  }),
  subscription(['public_hospital', 'health-insurance-underwriting', 'medical_relief'], {
    callsPerWorkday: 28,
    weekendShare: 0.5,
  }),
  subscription(['public_city_operation', 'smart-parking', 'parking_governance'], {
    callsPerWorkday: 48,
    weekendShare: 1,
  }),
]
