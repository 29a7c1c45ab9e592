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

const underwritingCode = 'health-insurance-underwriting'

export const healthUnderwriting: CityProduct = {
  product: {
    code: underwritingCode,
    name: '健康商业保险核保理赔',
    nameEn: 'Underwriting and claims of health insurance',
    kind: 'api',
    fieldCode: 'medical_insurance',
    summary: '经本人授权，提供就医汇总情况，用于商业健康保险核保理赔。示例，非政策口径。',
    summaryEn:
      'With the customer’s consent, a summary of medical visits for underwriting and claims. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '返回参保年限、近24个月门诊与住院次数、慢病分组和年度费用区间，不返回诊疗明细。',
      en: 'Gives insured years, visits of the last 24 months, chronic disease groups and a cost band; no medical details.',
    }),
    dictionary: dictionaryOf([
      ['insured_years', '参保年限', 'Insured years', 'integer'],
      ['outpatient_visits_24_months', '门诊次数', 'Outpatient visits', 'integer'],
      ['inpatient_stays_24_months', '住院次数', 'Inpatient stays', 'integer'],
      ['chronic_disease_groups', '慢病分组', 'Chronic disease groups', 'array'],
      ['yearly_cost_band', '年度费用区间', 'Yearly cost band', 'string'],
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
    industry: 'J68 保险业',
    scale: '3,000 条（示例）',
    processingMode: 'usage_control',
    ...commonContent(underwritingCode),
    sampleRows: [
      {
        insured_years: 12,
        outpatient_visits_24_months: 6,
        inpatient_stays_24_months: 1,
        chronic_disease_groups: ['高血压'],
        yearly_cost_band: '2千-1万',
      },
    ],
  },
  containsPersonalInformation: true,
  lineage: [['medical_settlements', '1.000000']],
  scenarios: ['health_underwriting', 'medical_relief'],
  upstream: webService({
    service: 'medical-insurance',
    base: '/medical-insurance',
    path: '/underwriting',
  }),
}

const channelsCode = 'medical-channel-value'

export const medicalChannels: CityProduct = {
  product: {
    code: channelsCode,
    name: '医疗领域网络获客渠道综合价值分析数据集',
    nameEn: 'Value of online channels of medical institutions',
    kind: 'dataset',
    fieldCode: 'health',
    summary: '按月提供各网络渠道、各科室的到诊效果统计。示例，非政策口径。',
    summaryEn: 'Monthly figures of online channels by department. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '每月一批，按渠道和科室给出展现、访问、预约、到诊与综合价值指数，均为汇总统计。',
      en: 'One batch a month: impressions, visits, registrations, completed visits and a value index by channel and department.',
    }),
    dictionary: dictionaryOf([
      ['channel', '渠道', 'Channel', 'string'],
      ['department', '科室', 'Department', 'string'],
      ['impressions', '展现量', 'Impressions', 'integer'],
      ['visits', '访问量', 'Visits', 'integer'],
      ['registrations', '预约量', 'Registrations', 'integer'],
      ['completed_visits', '到诊量', 'Completed visits', 'integer'],
      ['value_index', '综合价值指数', 'Value index', 'decimal'],
    ]),
    delivery: {
      mode: 'download',
      method: 'GET',
      path: '/months/{month}',
      contentType: 'application/json',
      parameters: [
        {
          name: 'month',
          in: 'path',
          type: 'string',
          isRequired: true,
          pattern: '[0-9]{4}-[0-9]{2}',
          description: { zh: '月份', en: 'Month' },
          example: '2026-01',
        },
        {
          name: 'department',
          in: 'query',
          type: 'string',
          isRequired: false,
          maxLength: 20,
          description: { zh: '只要这个科室', en: 'Only this department' },
          example: '口腔科',
        },
      ],
      timeoutMs,
      responseBytesMax: 1_048_576,
    },
    resultRule: { kind: 'json', foundPointer: '/data', recordsPointer: '/data' },
    updateFrequency: 'monthly',
    dataSubject: 'public',
    industry: 'Q84 卫生',
    scale: '每月48行（示例）',
    processingMode: 'plain_api',
    ...commonContent(channelsCode),
    sampleRows: [
      {
        channel: '搜索推广',
        department: '口腔科',
        impressions: 20_000,
        visits: 800,
        registrations: 120,
        completed_visits: 95,
        value_index: '71.50',
      },
    ],
  },
  containsPersonalInformation: false,
  lineage: [['health_visits', '1.000000']],
  scenarios: ['health_channels'],
  upstream: webService({
    service: 'health-channels',
    base: '/health-channels',
    path: '/months/{month}',
  }),
}
