import type { BillableRule, StoredChargingForm } from '#billing/index.ts'
import { sampleMark } from './sample.ts'

/** A price item of the trial list with its ceiling, and what the operator posts. All figures are made up. */
export type CityPrice = Readonly<{
  product: string
  code: string
  name: string
  nameEn: string
  content: string
  ceiling: StoredChargingForm
  posted: StoredChargingForm
  billableRule: BillableRule
  forecastQuantity: string
}>

type Prices = readonly [string, string, string]

/** The tiers of R51: to 100,000 calls, to 5,000,000, above. */
function creditTiers(prices: Prices): StoredChargingForm {
  const bounds = ['0', '100000', '5000000', null]
  return {
    kind: 'graduated',
    unit: 'call',
    tiers: prices.map((unitPriceYuan, index) => ({
      fromQuantity: bounds[index] ?? '0',
      toQuantity: bounds[index + 1] ?? null,
      unitPriceYuan,
    })),
  }
}

function price(facts: Omit<CityPrice, 'content'> & Readonly<{ content: string }>): CityPrice {
  return { ...facts, content: `${facts.content}（${sampleMark}）` }
}

export const prices: readonly CityPrice[] = [
  price({
    product: 'housing-fund-credit',
    code: 'HF-CALL',
    name: '住房公积金信贷查询费',
    nameEn: 'Housing-fund credit check, by call',
    content: '按查得次数累进计费',
    ceiling: creditTiers(['0.050', '0.045', '0.040']),
    posted: creditTiers(['0.040', '0.035', '0.030']),
    billableRule: 'on_found',
    forecastQuantity: '120000',
  }),
  price({
    product: 'health-insurance-underwriting',
    code: 'HI-CALL',
    name: '核保理赔查询费',
    nameEn: 'Underwriting check, by call',
    content: '按查得次数计费',
    ceiling: { kind: 'per_call', unitPriceYuan: '0.80' },
    posted: { kind: 'per_call', unitPriceYuan: '0.60' },
    billableRule: 'on_found',
    forecastQuantity: '60000',
  }),
  price({
    product: 'medical-channel-value',
    code: 'MC-RECORD',
    name: '渠道价值数据集提取费',
    nameEn: 'Channel value, by record',
    content: '按提取记录条数计费',
    ceiling: { kind: 'per_record', unitPriceYuan: '0.020' },
    posted: { kind: 'per_record', unitPriceYuan: '0.015' },
    billableRule: 'on_success',
    forecastQuantity: '200000',
  }),
  price({
    product: 'smart-parking',
    code: 'PK-CALL',
    name: '停车数据按次查询费',
    nameEn: 'Parking, by call',
    content: '按查得次数计费',
    ceiling: { kind: 'per_call', unitPriceYuan: '0.030' },
    posted: { kind: 'per_call', unitPriceYuan: '0.020' },
    billableRule: 'on_found',
    forecastQuantity: '80000',
  }),
  price({
    product: 'smart-parking',
    code: 'PK-MONTH',
    name: '停车数据包月使用费',
    nameEn: 'Parking, by month',
    content: '按自然月计费，不限次数',
    ceiling: { kind: 'period', every: 'month', priceYuan: '1500.00' },
    posted: { kind: 'period', every: 'month', priceYuan: '1200.00' },
    billableRule: 'on_success',
    forecastQuantity: '12',
  }),
  price({
    product: 'finance-risk-model',
    code: 'FR-CALL',
    name: '风险模型调用费',
    nameEn: 'Risk model, by call',
    content: '按成功调用次数计费',
    ceiling: { kind: 'per_call', unitPriceYuan: '1.00' },
    posted: { kind: 'per_call', unitPriceYuan: '0.80' },
    billableRule: 'on_success',
    forecastQuantity: '30000',
  }),
  price({
    product: 'finance-risk-model',
    code: 'FR-FACILITY',
    name: '存算设施使用费',
    nameEn: 'Computing facility',
    content: '试行期内只计量、不收费',
    ceiling: { kind: 'metered_not_charged' },
    posted: { kind: 'metered_not_charged' },
    billableRule: 'on_success',
    forecastQuantity: '2000',
  }),
  price({
    product: 'culture-tourism',
    code: 'CT-MB',
    name: '文旅数据集流量费',
    nameEn: 'Culture and tourism, by megabyte',
    content: '按下载数据量计费，1 MB 为 1,000,000 字节',
    ceiling: { kind: 'per_megabyte', unitPriceYuan: '30.00' },
    posted: { kind: 'per_megabyte', unitPriceYuan: '20.00' },
    billableRule: 'on_success',
    forecastQuantity: '300',
  }),
]

/** From the second month on, the operator asks less for one product; the first month keeps its price. */
export const loweredPrice = {
  product: 'health-insurance-underwriting',
  code: 'HI-CALL',
  form: { kind: 'per_call', unitPriceYuan: '0.55' },
  reason: `试运行后下调（${sampleMark}）`,
} as const

/** Value-added tax, an input and no constant of the software. */
export const sampleTaxRate = '0.06'

/** The sample split: of the received, net of VAT, by tiers of the calendar year. */
export const sampleSplitRule = {
  base: { kind: 'net_of_vat' },
  accrual: 'received',
  share: {
    kind: 'graduated',
    tiers: [
      { fromYuan: '0.00', toYuan: '5000.00', shareBasisPoints: 2_000 },
      { fromYuan: '5000.00', toYuan: '20000.00', shareBasisPoints: 2_500 },
      { fromYuan: '20000.00', toYuan: null, shareBasisPoints: 3_000 },
    ],
  },
  coefficient: '1',
  yearlyFloorYuan: null,
  yearlyCeilingYuan: null,
  minimumPaymentYuan: null,
  receivers: [{ code: 'treasury', name: '市级国库', weight: '1' }],
} as const
