import { type CityProduct, commonContent, dictionaryOf, sampleWords, timeoutMs } from './product.ts'

const code = 'culture-tourism'

export const cultureTourism: CityProduct = {
  product: {
    code,
    name: '文旅数据集',
    nameEn: 'Culture and tourism',
    kind: 'dataset',
    fieldCode: 'culture_tourism',
    summary: '各景区日客流、过夜与省外游客统计。示例，非政策口径。',
    summaryEn: 'Visitors of scenic areas by day. Sample, not a policy figure.',
    isSample: true,
  },
  content: {
    introduction: sampleWords({
      zh: '按月提供各景区每日客流统计文件（CSV），支持断点续传。',
      en: 'Daily visitors of each scenic area: a CSV file for each month, which can be fetched in parts.',
    }),
    dictionary: dictionaryOf([
      ['day', '日期', 'Day', 'date'],
      ['scenic_area', '景区', 'Scenic area', 'string'],
      ['visitors', '游客数', 'Visitors', 'integer'],
      ['overnight_visitors', '过夜游客数', 'Overnight visitors', 'integer'],
      ['from_other_provinces', '省外游客数', 'From other provinces', 'integer'],
      ['mean_stay_hours', '平均停留小时', 'Mean stay in hours', 'decimal'],
    ]),
    delivery: {
      mode: 'download',
      method: 'GET',
      path: '/months/{month}/visitors.csv',
      contentType: 'text/csv',
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
      ],
      timeoutMs,
      responseBytesMax: 16_777_216,
      partialDelivery: 'delivered_bytes',
    },
    resultRule: { kind: 'status' },
    updateFrequency: 'daily',
    dataSubject: 'public',
    industry: 'N78 公共设施管理业',
    scale: '8 个景区（示例）',
    processingMode: 'plain_api',
    ...commonContent(code),
    sampleRows: [
      {
        day: '2026-01-05',
        scenic_area: '示例温泉',
        visitors: 1_800,
        overnight_visitors: 420,
        from_other_provinces: 510,
        mean_stay_hours: '4.50',
      },
    ],
  },
  containsPersonalInformation: false,
  lineage: [
    ['scenic_visitors', '0.800000'],
    ['scenic_weather', '0.200000'],
  ],
  scenarios: ['tourism_operation'],
  upstream: {
    connector: 'file',
    service: 'tourism',
    base: '/tourism',
    settings: {
      path: '/files/visitors-{month}.csv',
      credential: { kind: 'bearer' },
      fileName: 'visitors-{month}.csv',
    },
  },
}
