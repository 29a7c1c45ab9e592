import {
  type CityProduct,
  commonContent,
  consentParameter,
  dictionaryOf,
  personParameters,
  sampleWords,
  timeoutMs,
  webService,
} from './product.ts'

const code = 'housing-fund-credit'

/** The pilot of the plan (R100). */
export const housingFundCredit: CityProduct = {
  product: {
    code,
    name: '住房公积金信贷',
    nameEn: 'Housing-fund credit check',
    kind: 'api',
    fieldCode: 'housing_fund',
    summary: '经本人授权，核验住房公积金缴存与贷款情况，用于个人信贷。示例，非政策口径。',
    summaryEn:
      'With the customer’s consent, checks housing-fund contributions and loans for personal credit. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '返回缴存状态、连续缴存月数、缴存额与余额区间、是否有公积金贷款及逾期期数；只返回区间和标识，不返回明细。',
      en: 'Gives contribution status, months paid in a row, bands of deposit and balance, whether there is a loan and overdue instalments; bands and flags only.',
    }),
    dictionary: dictionaryOf([
      ['status', '账户状态', 'Account status', 'string'],
      ['opened_month', '开户月份', 'Opened in', 'string'],
      ['months_paid_in_a_row', '连续缴存月数', 'Months paid in a row', 'integer'],
      ['monthly_deposit_band', '月缴存额区间', 'Monthly deposit band', 'string'],
      ['balance_band', '余额区间', 'Balance band', 'string'],
      ['has_loan', '是否有贷款', 'Has a loan', 'boolean'],
      ['overdue_instalments', '逾期期数', 'Overdue instalments', 'integer'],
    ]),
    delivery: {
      mode: 'api',
      method: 'POST',
      path: '/query',
      contentType: 'application/json',
      parameters: [...personParameters],
      consentParameter: consentParameter.name,
      timeoutMs,
      responseBytesMax: 65_536,
    },
    resultRule: { kind: 'json', foundPointer: '/data' },
    updateFrequency: 'daily',
    dataSubject: 'personal',
    industry: 'J66 货币金融服务',
    scale: '3,000 条（示例）',
    processingMode: 'plain_api',
    ...commonContent(code),
    sampleRows: [
      {
        status: 'normal',
        opened_month: '2015-03',
        months_paid_in_a_row: 96,
        monthly_deposit_band: '1000-2000',
        balance_band: '5-10万',
        has_loan: false,
        overdue_instalments: 0,
      },
      {
        status: 'sealed',
        opened_month: '2011-07',
        months_paid_in_a_row: 0,
        monthly_deposit_band: '0-500',
        balance_band: '0-1万',
        has_loan: true,
        overdue_instalments: 2,
      },
    ],
  },
  containsPersonalInformation: true,
  lineage: [
    ['fund_accounts', '0.600000'],
    ['fund_loans', '0.400000'],
  ],
  scenarios: ['personal_credit'],
  upstream: webService({ service: 'housing-fund', base: '/housing-fund', path: '/credit' }),
}
