import {
  type CityProduct,
  commonContent,
  dictionaryOf,
  sampleWords,
  timeoutMs,
  webService,
} from './product.ts'

const code = 'finance-risk-model'

export const financeRiskModel: CityProduct = {
  product: {
    code,
    name: '金融业务风险分析预警模型',
    nameEn: 'Early-warning model of financial risk',
    kind: 'model',
    fieldCode: 'finance',
    summary: '以企业公共信用数据计算风险评分与预警信号。示例，非政策口径。',
    summaryEn: 'Risk score and warning signals of an enterprise. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '输入统一社会信用代码，返回300至900分的风险评分、等级与信号。',
      en: 'Takes a unified social credit code, gives a score from 300 to 900, a grade and signals.',
    }),
    dictionary: dictionaryOf([
      ['score', '风险评分', 'Score', 'integer'],
      ['grade', '等级', 'Grade', 'string'],
      ['signals', '预警信号', 'Signals', 'object'],
    ]),
    delivery: {
      mode: 'model_call',
      method: 'POST',
      path: '/score',
      contentType: 'application/json',
      parameters: [
        {
          name: 'credit_code',
          in: 'body',
          type: 'string',
          isRequired: true,
          pattern: '[0-9A-Z]{18}',
          description: { zh: '统一社会信用代码', en: 'Unified social credit code' },
          example: '91421299MX00000012',
        },
      ],
      timeoutMs,
      responseBytesMax: 65_536,
    },
    resultRule: { kind: 'json', foundPointer: '/data' },
    updateFrequency: 'monthly',
    dataSubject: 'enterprise',
    industry: 'J69 其他金融业',
    scale: '1,200 家企业（示例）',
    processingMode: 'sandbox',
    ...commonContent(code),
    sampleRows: [{ score: 690, grade: 'B', signals: { electricity_use_trend: 'up' } }],
  },
  containsPersonalInformation: false,
  lineage: [
    ['tax_credit', '0.300000'],
    ['insured_enterprises', '0.250000'],
    ['enterprise_records', '0.250000'],
    ['power_use', '0.200000'],
  ],
  scenarios: ['enterprise_lending', 'model_facility'],
  upstream: webService({
    connector: 'model',
    service: 'enterprise-risk',
    base: '/enterprise-risk',
    path: '/score',
  }),
}
